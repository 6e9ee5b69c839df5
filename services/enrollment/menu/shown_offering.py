"""What families and everybody are shown of an offering, for good (R02)."""

from typing import Any

from services.enrollment.menu.menu_on_file import OnMenu
from services.enrollment.policy import Policy

COLUMNS = {
    "offering_id", "code", "title", "kind", "basic", "nature", "subject", "weekdays", "starts", "ends", "grades",
    "classes", "by_invitation", "by_round", "capacity", "minimum_size", "content", "aims", "materials", "assessment_no",
    "fee_fen",
}  # fmt: skip


def shown_offering(on_menu: OnMenu, policy: Policy) -> dict[str, Any]:
    """Return an offering as it stands on a publication: words for kinds, names for ids; of a partner name and kind."""
    offering, partner = on_menu.offering, on_menu.partner
    return {
        **offering.model_dump(mode="json", include=COLUMNS),
        "kind_label": policy.kinds[offering.kind].label,
        "nature_label": policy.natures[offering.nature].label,
        "teacher": on_menu.teacher.name if on_menu.teacher is not None else None,
        "room": on_menu.room.name if on_menu.room is not None else None,
        "partner": partner.name if partner is not None else None,
        "partner_kind": policy.partner_kinds[partner.kind].label if partner is not None else None,
    }

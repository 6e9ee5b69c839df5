"""Is an offering meant for a child? The same answer for claims, wishes, waiting lists and the draw. Pure."""

from dataclasses import dataclass
from uuid import UUID

from services.enrollment.selection.errors import ForInvitedOnly, NotForThisClass, NotForThisGrade
from services.enrollment.words import grade_label
from services.kernel.problems import Refusal


@dataclass(frozen=True)
class Audience:
    """Whom an offering is for; ``classes`` as 三年级2班, None: all classes of its grades."""

    offering_id: UUID
    title: str
    grades: tuple[int, ...]
    classes: tuple[str, ...] | None = None
    by_invitation: bool = False


def unfit(audience: Audience, *, grade: int, class_name: str, invited: bool) -> Refusal | None:
    """Return what keeps a child of this class out, or None: grade, class, invitation (R07)."""
    named = {"offering": audience.title, "offering_id": audience.offering_id}
    if grade not in audience.grades:
        return NotForThisGrade(**named, grade=grade_label(grade))
    own = f"{grade_label(grade)}{class_name}"
    if audience.classes is not None and own not in audience.classes:
        return NotForThisClass(**named, class_label=own, classes="、".join(audience.classes))
    if audience.by_invitation and not invited:
        return ForInvitedOnly(**named)
    return None

"""What can be wished for in a round?"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.selection.rules.eligibility import Audience

_ON_OFFER = text(
    "SELECT o.offering_id, o.title, o.grades, o.classes, o.by_invitation"
    "  FROM round_offering r JOIN offering o USING (school_id, offering_id)"
    " WHERE r.school_id = :school_id AND r.round_id = :round_id AND o.state = 'published'"
)


async def on_offer_in(tx: AsyncSession, school_id: UUID, round_id: UUID) -> Mapping[UUID, Audience]:
    """Return whom each offering of the round is for; what was withdrawn since is not on offer."""
    rows = await tx.execute(_ON_OFFER, {"school_id": school_id, "round_id": round_id})
    return {
        row.offering_id: Audience(
            offering_id=row.offering_id,
            title=row.title,
            grades=tuple(row.grades),
            classes=tuple(row.classes) if row.classes is not None else None,
            by_invitation=row.by_invitation,
        )
        for row in rows
    }

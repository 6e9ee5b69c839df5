"""Which offerings are chosen in a round?"""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_OFFERINGS = text(
    "SELECT offering_id FROM round_offering WHERE school_id = :school_id AND round_id = :round_id"
    " ORDER BY offering_id"
)


async def offerings_of_round(tx: AsyncSession, school_id: UUID, round_id: UUID) -> list[UUID]:
    """Return their ids, ascending."""
    return list(await tx.scalars(_OFFERINGS, {"school_id": school_id, "round_id": round_id}))

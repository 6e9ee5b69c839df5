"""The lists of a guardian's own children in a round."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.wishes.lists_on_file import lists_on_file
from services.enrollment.wishes.tables import WishList

_OWN = text(
    "SELECT child_id FROM guardianship WHERE school_id = :school_id AND guardian_id = :guardian_id AND NOT removed"
)


async def own_lists(
    tx: AsyncSession, school_id: UUID, round_id: UUID, *, guardian_id: UUID
) -> Sequence[WishList]:
    """Return them with their tickets, which nobody but the family knows."""
    children = await tx.scalars(_OWN, {"school_id": school_id, "guardian_id": guardian_id})
    return await lists_on_file(tx, school_id, round_id, list(children))

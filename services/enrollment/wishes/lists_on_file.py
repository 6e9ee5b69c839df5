"""The lists of some children in a round, as they stand."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.wishes.tables import WishList


async def lists_on_file(
    tx: AsyncSession, school_id: UUID, round_id: UUID, children: Collection[UUID]
) -> Sequence[WishList]:
    """Return the lists that these children have, by child; who has none is left out."""
    found = await tx.scalars(
        select(WishList)
        .where(
            col(WishList.school_id) == school_id,
            col(WishList.round_id) == round_id,
            col(WishList.child_id).in_(children),
        )
        .order_by(col(WishList.child_id))
        .execution_options(populate_existing=True)
    )
    return found.all()

"""A round's lists of wishes as the draw takes them in."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.draw.rules.book import Entry
from services.enrollment.wishes.tables import WishList


async def round_entries(tx: AsyncSession, school_id: UUID, round_id: UUID) -> Sequence[Entry]:
    """Return every list of the round, by child."""
    found = await tx.scalars(
        select(WishList)
        .where(col(WishList.school_id) == school_id, col(WishList.round_id) == round_id)
        .order_by(col(WishList.child_id))
    )
    return [entry_of(wishes) for wishes in found]


def entry_of(wishes: WishList) -> Entry:
    """Return a list as the draw's book writes it: what its leaf is made of."""
    return Entry(
        child_id=str(wishes.child_id),
        ticket=wishes.ticket,
        wishes=tuple(str(offering) for offering in wishes.offerings),
        most_clubs=wishes.most_clubs,
        linked_id=str(wishes.linked_id) if wishes.linked_id is not None else None,
        link=wishes.link,
        if_apart=wishes.if_apart,
    )

"""A family takes its proposal back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.selection.lock_children import lock_children
from services.enrollment.swaps.errors import SwapGone
from services.kernel.problems import NotYours

_OF_SWAP = "WHERE school_id = :school_id AND swap_id = :swap_id"
_CHILD = text(f"SELECT child_id FROM swap_proposal {_OF_SWAP}")  # noqa: S608 - our own words
_WITHDRAW = text(
    f"UPDATE swap_proposal SET state = 'withdrawn', ended_at = :now {_OF_SWAP}"  # noqa: S608 - our own words
    " AND state = 'open' RETURNING swap_id"
)


async def withdraw_swap(
    tx: AsyncSession, school_id: UUID, swap_id: UUID, *, guardian_id: UUID, now: datetime
) -> None:
    """Withdraw an open proposal.

    Raises:
        NotYours: a proposal of somebody else, or none.
        NoRightToChoose: a guardian without that right.
        SwapGone: it is not open any more.
    """
    facts = {"school_id": school_id, "swap_id": swap_id}
    child_id = await tx.scalar(_CHILD, facts)
    if child_id is None:
        raise NotYours
    (await lock_children(tx, school_id, [child_id])).check(child_id, guardian_id)
    if await tx.scalar(_WITHDRAW, {**facts, "now": now}) is None:
        raise SwapGone

"""Count what became of an offer: accepted children, and those that the giver took back; settled when they agree."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.append_entries import Line
from services.kernel.database.transaction import raw

COUNT = """
UPDATE hand_over SET accepted = hand_over.accepted + more.accepted,
       taken_back = hand_over.taken_back + more.taken_back,
       settled_at = CASE WHEN hand_over.accepted + hand_over.taken_back + more.accepted + more.taken_back >= offered
                         THEN $3 ELSE settled_at END
  FROM (SELECT * FROM unnest($4::uuid[], $5::int[], $6::int[]) AS told(hand_over_id, accepted, taken_back)
         ORDER BY hand_over_id) AS more
 WHERE school_id = $1 AND service_on = $2 AND hand_over.hand_over_id = more.hand_over_id
"""
"""In one order, as everybody: two phones accept from the same two offers without waiting in a circle."""


async def count_accepted(
    tx: AsyncSession, school_id: UUID, service_on: date, lines: Sequence[Line], *, now: datetime
) -> None:
    """Count the children among ``lines`` that left their walk, each for the hand-over it was part of."""
    accepted = Counter(
        line.before.hand_over_id
        for line in lines
        if line.before.state == "in_transit" and line.before.hand_over_id is not None
    )
    await _count(tx, school_id, service_on, {key: (count, 0) for key, count in accepted.items() if key}, now)


async def count_taken_back(
    tx: AsyncSession, school_id: UUID, service_on: date, taken_back: Mapping[UUID, int], *, now: datetime
) -> None:
    """Count the children that the giver kept after all, by hand-over."""
    await _count(tx, school_id, service_on, {key: (0, count) for key, count in taken_back.items()}, now)


async def _count(
    tx: AsyncSession, school_id: UUID, service_on: date, more: Mapping[UUID, tuple[int, int]], at: datetime
) -> None:
    if not more:
        return
    connection = await raw(tx)
    accepted = [counts[0] for counts in more.values()]
    taken_back = [counts[1] for counts in more.values()]
    await connection.execute(COUNT, school_id, service_on, at, list(more), accepted, taken_back)

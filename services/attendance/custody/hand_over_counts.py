"""How far is a hand-over? Counts on both sides."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.database.transaction import raw

COUNTS = """
SELECT hand_over_id, giver_id, taker_id, session_id, room_id, offered, accepted, taken_back, offered_at, settled_at
  FROM hand_over WHERE school_id = $1 AND service_on = $2 AND hand_over_id = $3
"""


@dataclass(frozen=True)
class HandOverCounts:
    """An offer and what became of it; ``settled_at`` when each child was accepted or taken back."""

    hand_over_id: UUID
    giver_id: UUID
    taker_id: UUID | None
    session_id: UUID | None
    room_id: UUID | None
    offered: int
    accepted: int
    taken_back: int
    offered_at: datetime
    settled_at: datetime | None


async def hand_over_counts(
    tx: AsyncSession, school_id: UUID, service_on: date, hand_over_id: UUID
) -> HandOverCounts | None:
    """Return an offer, or None where there is no such one."""
    row = await (await raw(tx)).fetchrow(COUNTS, school_id, service_on, hand_over_id)
    return HandOverCounts(**row) if row else None

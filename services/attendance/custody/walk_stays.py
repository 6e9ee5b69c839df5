"""Children on their way between two adults: an offer changes nobody's custody, so it writes no entry."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.database.transaction import raw

START = (
    "UPDATE stay SET state = 'in_transit', hand_over_id = $4, last_at = greatest(last_at, $5)"
    " WHERE school_id = $1 AND service_on = $2 AND child_id = ANY($3::uuid[]) AND state = 'in_care'"
)
END = (
    "UPDATE stay SET state = 'in_care', hand_over_id = NULL"
    " WHERE school_id = $1 AND service_on = $2 AND child_id = ANY($3::uuid[]) AND state = 'in_transit'"
)


async def start_walk(
    tx: AsyncSession,
    school_id: UUID,
    service_on: date,
    child_ids: Collection[UUID],
    *,
    hand_over_id: UUID,
    offered_at: datetime,
) -> None:
    """Let children, locked and in the giver's care, set out; the giver answers for them until they are accepted.

    A scan from before ``offered_at`` that comes late accepts none of them: nobody was offered anything then.
    """
    if child_ids:
        connection = await raw(tx)
        await connection.execute(START, school_id, service_on, list(child_ids), hand_over_id, offered_at)


async def end_walk(tx: AsyncSession, school_id: UUID, service_on: date, child_ids: Collection[UUID]) -> None:
    """Take children, locked and not yet accepted, back into their giver's care."""
    if child_ids:
        connection = await raw(tx)
        await connection.execute(END, school_id, service_on, list(child_ids))

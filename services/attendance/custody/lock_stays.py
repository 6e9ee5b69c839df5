"""Lock children's stays: the one way in for whoever wants to write to the ledger."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.rules.take_step import HeldStay
from services.kernel.database.transaction import raw

COLUMNS = (
    "child_id, turn, state, adult_id, room_id, session_id, hand_over_id,"
    " received, walk_in, missing, due_home_at, last_number, last_at"
)
"""The columns of `HeldStay`, in its order."""

LOCK = (
    f"SELECT {COLUMNS} FROM stay"  # noqa: S608 - a constant
    " WHERE school_id = $1 AND service_on = $2 AND child_id = ANY($3::uuid[])"
    " ORDER BY child_id, turn FOR NO KEY UPDATE"
)
"""Not FOR UPDATE: the ledger's foreign key looks at the same rows, and no key ever changes."""


async def lock_stays(
    tx: AsyncSession, school_id: UUID, service_on: date, child_ids: Collection[UUID]
) -> dict[UUID, HeldStay]:
    """Return the newest stay of each child that has one, locked until the transaction ends.

    All commands lock in the same order (stays by child, then hand-overs, then cases), so they cannot wait for
    each other in a circle. A row that another transaction held is read after it let go.
    """
    connection = await raw(tx)
    rows = await connection.fetch(LOCK, school_id, service_on, list(child_ids))
    return {row["child_id"]: HeldStay(*row) for row in rows}

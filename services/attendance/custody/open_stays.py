"""Open stays: for every child that is expected on a day, and for those that come all the same."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.lock_stays import LOCK
from services.kernel.database.transaction import raw

STANDING = """
SELECT child_id, due_home_at, state, walk_in, last_number FROM stay
 WHERE school_id = $1 AND service_on = $2 AND turn = 1
"""
OPEN = """
INSERT INTO stay (school_id, service_on, child_id, turn, state, received, walk_in, missing, due_home_at, last_number)
SELECT $1, $2, child_id, 1, 'expected', false, false, false, due_home_at, 0
  FROM unnest($3::uuid[], $4::timestamptz[]) AS new(child_id, due_home_at)
ON CONFLICT DO NOTHING
"""
MOVE = """
UPDATE stay SET due_home_at = new.due_home_at FROM unnest($3::uuid[], $4::timestamptz[]) AS new(child_id, due_home_at)
 WHERE school_id = $1 AND service_on = $2 AND stay.child_id = new.child_id AND turn = 1 AND state <> 'released'
"""
DROP = """
DELETE FROM stay WHERE school_id = $1 AND service_on = $2 AND child_id = ANY($3::uuid[])
   AND state = 'expected' AND last_number = 0 AND NOT walk_in
"""

WALK_IN = """
INSERT INTO stay (school_id, service_on, child_id, turn, state, received, walk_in, missing, due_home_at, last_number)
SELECT $1, $2, child_id, 1, 'expected', false, true, false, $4, 0
  FROM (SELECT child_id FROM child WHERE school_id = $1 AND child_id = ANY($3::uuid[]) AND NOT removed
         ORDER BY child_id) AS known
ON CONFLICT DO NOTHING RETURNING child_id
"""


async def expect_children(
    tx: AsyncSession, school_id: UUID, service_on: date, due_home: Mapping[UUID, datetime]
) -> None:
    """Open a stay for each expected child, bring the times at which they are due home up to date.

    A stay whose child is no longer expected and for which nothing was ever written goes away; one with a line
    in the ledger stays. Stays that change are locked first, in everybody's order.
    """
    connection = await raw(tx)
    there = {row["child_id"]: row for row in await connection.fetch(STANDING, school_id, service_on)}
    fresh = sorted(due_home.keys() - there.keys())
    moved = sorted(
        child
        for child, due in due_home.items()
        if child in there and there[child]["due_home_at"] != due and there[child]["state"] != "released"
    )
    dropped = sorted(
        child
        for child, row in there.items()
        if child not in due_home
        and (row["state"], row["last_number"], row["walk_in"]) == ("expected", 0, False)
    )
    if moved or dropped:
        await connection.execute(LOCK, school_id, service_on, [*moved, *dropped])
    for statement, children in ((OPEN, fresh), (MOVE, moved)):
        if children:
            due = [due_home[child] for child in children]
            await connection.execute(statement, school_id, service_on, children, due)
    if dropped:
        await connection.execute(DROP, school_id, service_on, dropped)


async def admit_walk_ins(
    tx: AsyncSession, school_id: UUID, service_on: date, child_ids: Collection[UUID], *, due_home_at: datetime
) -> list[UUID]:
    """Open a stay for children of the roster whom nobody expected; the school turns none of them away.

    Returns whose stay is new. Two phones may do it at the same time: one row comes of it. Hold the day's
    row before, lock the stays afterwards.
    """
    if not child_ids:
        return []
    connection = await raw(tx)
    rows = await connection.fetch(WALK_IN, school_id, service_on, list(child_ids), due_home_at)
    return [row["child_id"] for row in rows]

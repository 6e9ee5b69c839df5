"""Open stays: for every child that is expected on a day, and for those that come all the same."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.database.transaction import raw

EXPECTED = """
INSERT INTO stay (school_id, service_on, child_id, turn, state, received, walk_in, missing, due_home_at, last_number)
SELECT $1, $2, child_id, 1, 'expected', false, false, false, max(session.ends_at), 0
  FROM expectation JOIN session USING (school_id, service_on, session_id)
 WHERE school_id = $1 AND service_on = $2
 GROUP BY child_id ORDER BY child_id
ON CONFLICT (school_id, service_on, child_id, turn) DO UPDATE SET due_home_at = excluded.due_home_at
 WHERE stay.due_home_at <> excluded.due_home_at AND stay.state <> 'released'
"""
"""In the order in which everybody locks stays."""

UNTOUCHED = """
DELETE FROM stay WHERE school_id = $1 AND service_on = $2 AND child_id IN (
    SELECT child_id FROM stay
     WHERE school_id = $1 AND service_on = $2 AND state = 'expected' AND last_number = 0 AND NOT walk_in
       AND NOT EXISTS (SELECT FROM expectation WHERE expectation.school_id = $1
                          AND expectation.service_on = $2 AND expectation.child_id = stay.child_id)
     ORDER BY child_id FOR UPDATE)
   AND state = 'expected' AND last_number = 0
"""

WALK_IN = """
INSERT INTO stay (school_id, service_on, child_id, turn, state, received, walk_in, missing, due_home_at, last_number)
SELECT $1, $2, child_id, 1, 'expected', false, true, false, $4, 0
  FROM (SELECT child_id FROM child WHERE school_id = $1 AND child_id = ANY($3::uuid[]) AND NOT removed
         ORDER BY child_id) AS known
ON CONFLICT DO NOTHING RETURNING child_id
"""


async def expect_children(tx: AsyncSession, school_id: UUID, service_on: date) -> None:
    """Open a stay for each child with an expectation, bring their times home up to date.

    A stay whose child is no longer expected and for which nothing was ever written goes away; one with a line
    in the ledger stays.
    """
    connection = await raw(tx)
    await connection.execute(EXPECTED, school_id, service_on)
    await connection.execute(UNTOUCHED, school_id, service_on)


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

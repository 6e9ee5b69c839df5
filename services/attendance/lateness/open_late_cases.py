"""Open a case for each child that is still here when it should be home."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.lateness.climb_ladder import LATE_STEP
from services.attendance.lateness.rules.ladder import first_due
from services.attendance.roster.school_settings import school_settings
from services.kernel.clock import school_day
from services.kernel.database.transaction import raw
from services.kernel.ids import new_id
from services.kernel.timers import Due, set_timer, set_timers

LOOKS_AGAIN = timedelta(minutes=5)
"""Domain time. A child may come into care after it was due home: found at last, or scanned on a phone without
network."""

STILL_HERE = """
SELECT stay.child_id, stay.turn, stay.due_home_at FROM stay
 WHERE stay.school_id = $1 AND stay.service_on = $2 AND stay.due_home_at <= $3
   AND stay.state IN ('in_care', 'in_transit')
   AND NOT EXISTS (SELECT FROM late_case AS known
                    WHERE known.school_id = $1 AND known.service_on = $2
                      AND known.child_id = stay.child_id AND known.turn = stay.turn)
 ORDER BY stay.child_id, stay.turn FOR NO KEY UPDATE OF stay
"""
OPEN = """
INSERT INTO late_case (school_id, service_on, case_id, child_id, turn, late_since, next_step, next_step_at, pauses)
SELECT $1, $2, case_id, child_id, turn, late_since, 1, next_step_at, 0
  FROM unnest($3::uuid[], $4::uuid[], $5::int[], $6::timestamptz[], $7::timestamptz[])
    AS new(case_id, child_id, turn, late_since, next_step_at)
    ON CONFLICT DO NOTHING RETURNING case_id, next_step_at
"""
MAY_STILL_COME = """
SELECT EXISTS (SELECT FROM stay WHERE school_id = $1 AND service_on = $2 AND due_home_at <= $3
                  AND state IN ('expected', 'absent', 'excused'))
   AND EXISTS (SELECT FROM service_day WHERE school_id = $1 AND service_on = $2 AND state = 'open')
"""


async def on_late(tx: AsyncSession, due: Due, *, now: datetime) -> None:
    """Handle the timer ``late``: look who is still here, and look again while somebody may yet come in.

    ``due.facts``: ``service_on``.
    """
    service_on = date.fromisoformat(due.facts["service_on"])
    await open_late_cases(tx, due.school_id, service_on, now=now)
    may_come = await (await raw(tx)).fetchval(MAY_STILL_COME, due.school_id, service_on, now)
    if may_come and school_day(now) == service_on:
        await set_timer(
            tx,
            school_id=due.school_id,
            kind=due.kind,
            subject=due.subject,
            due_at=now + LOOKS_AGAIN,
            facts=due.facts,
        )


async def open_late_cases(tx: AsyncSession, school_id: UUID, service_on: date, *, now: datetime) -> int:
    """Open a case for every child in care or in transit that is due home by now; returns how many.

    The stays are locked, so that a release at the same moment is either seen here or sees the case. One case a
    stay, whoever looks: children in several groups due home at different times share this.
    """
    connection = await raw(tx)
    ladder = (await school_settings(tx, school_id)).ladder
    rows = await connection.fetch(STILL_HERE, school_id, service_on, now)
    if not rows:
        return 0
    opened = await connection.fetch(
        OPEN,
        school_id,
        service_on,
        [new_id() for _ in rows],
        [row["child_id"] for row in rows],
        [row["turn"] for row in rows],
        [row["due_home_at"] for row in rows],
        [first_due(ladder, row["due_home_at"]) for row in rows],
    )
    facts = {"service_on": service_on.isoformat()}
    alarms = [(row["case_id"], row["next_step_at"], facts) for row in opened if row["next_step_at"]]
    await set_timers(tx, school_id=school_id, kind=LATE_STEP, alarms=alarms)
    return len(opened)

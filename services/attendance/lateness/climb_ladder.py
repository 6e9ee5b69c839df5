"""Climb the ladder of a late child: tell the next people that nobody came (decision 10).

Attendance decides whom and when; by which channel is the notifications service's matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.rules.take_step import IN_CHARGE
from services.attendance.lateness.rules.ladder import minutes_late, next_due
from services.attendance.roster.school_settings import school_settings
from services.attendance.roster.settings import LadderStep
from services.contracts.facts.attendance import ChildLate
from services.kernel.database.transaction import raw
from services.kernel.letters.announce import announce
from services.kernel.timers import Due, set_timer

LATE_STEP = "late_step"
"""One for each case. Subject: the case. Facts: ``service_on``."""

CASE = """
SELECT school_id, service_on, case_id, child_id, late_since, next_step, next_step_at, paused_until, stay.state
  FROM late_case JOIN stay USING (school_id, service_on, child_id, turn)
 WHERE school_id = $1 AND service_on = $2 AND case_id = $3 AND ended_at IS NULL
   FOR NO KEY UPDATE OF late_case
"""
END = "UPDATE late_case SET ended_at = $4 WHERE school_id = $1 AND service_on = $2 AND case_id = $3"
CLIMBED = """
INSERT INTO late_step (school_id, service_on, case_id, step_no, audience, recipients, urgent, told_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
NEXT = """
UPDATE late_case SET next_step = $4, next_step_at = $5
 WHERE school_id = $1 AND service_on = $2 AND case_id = $3
"""
RECIPIENTS = {
    "guardians": """
        SELECT collector_id AS person_id FROM collector
         WHERE school_id = $1 AND child_id = $2 AND is_guardian AND told AND NOT removed ORDER BY rank, collector_id
    """,
    "duty": """
        SELECT adult_id AS person_id FROM adult
         WHERE school_id = $1 AND $2::uuid IS NOT NULL AND NOT removed AND 'duty_leader' = ANY(personas)
         ORDER BY adult_id
    """,
    "leader": """
        SELECT adult_id AS person_id FROM adult
         WHERE school_id = $1 AND $2::uuid IS NOT NULL AND NOT removed AND 'principal' = ANY(personas)
         ORDER BY adult_id
    """,
}


@dataclass(frozen=True, slots=True)
class LateChild:
    """An open case, its row locked. ``next_step_at`` None: every step was climbed."""

    school_id: UUID
    service_on: date
    case_id: UUID
    child_id: UUID
    late_since: datetime
    next_step: int
    next_step_at: datetime | None
    paused_until: datetime | None


async def on_late_step(tx: AsyncSession, due: Due, *, now: datetime) -> None:
    """Handle the timer ``late_step``: climb if the step is due, and set the timer for the one after.

    The case says when; the timer only wakes. So a pause moves the case alone, and a timer that comes too early,
    twice, or after the child was released does nothing.
    """
    service_on = date.fromisoformat(due.facts["service_on"])
    case = await lock_case(tx, due.school_id, service_on, due.subject, now=now)
    if case is None or case.next_step_at is None:
        return
    wakes_at: datetime | None = case.next_step_at
    if case.next_step_at <= now:
        wakes_at = await climb_ladder(tx, case, now=now)
    if wakes_at is not None:
        await set_timer(
            tx,
            school_id=due.school_id,
            kind=LATE_STEP,
            subject=due.subject,
            due_at=wakes_at,
            facts=due.facts,
        )


async def lock_case(
    tx: AsyncSession, school_id: UUID, service_on: date, case_id: UUID, *, now: datetime
) -> LateChild | None:
    """Return an open case, locked; None when a release ended it.

    A child of whom a person said that it is not here after all (it went home from class) is nobody's to wait for:
    its case ends here.
    """
    connection = await raw(tx)
    row = await connection.fetchrow(CASE, school_id, service_on, case_id)
    if row is None:
        return None
    *told, state = row
    if state not in IN_CHARGE:
        await connection.execute(END, school_id, service_on, case_id, now)
        return None
    return LateChild(*told)


async def climb_ladder(tx: AsyncSession, case: LateChild, *, now: datetime) -> datetime | None:
    """Climb the case's next step now, and return when the one after is due; None after the last.

    A step that finds nobody to tell (a school without a principal on file) is written down all the same, and
    the one after it is due at once.
    """
    ladder = (await school_settings(tx, case.school_id)).ladder
    step_no, due_at = case.next_step, case.next_step_at or now
    if step_no > len(ladder):
        await _turn_to(tx, case, step_no, None)
        return None
    step = ladder[step_no - 1]
    told = await _tell(tx, case, step_no, step, now=now)
    after = next_due(ladder, step_no, due_at)
    if after is not None and not told:
        after = min(after, now)
    await _turn_to(tx, case, step_no + 1, after)
    return after


async def _tell(
    tx: AsyncSession, case: LateChild, step_no: int, step: LadderStep, *, now: datetime
) -> Sequence[UUID]:
    connection = await raw(tx)
    rows = await connection.fetch(RECIPIENTS[step.audience], case.school_id, case.child_id)
    recipients = [row["person_id"] for row in rows]
    await connection.execute(
        CLIMBED,
        case.school_id,
        case.service_on,
        case.case_id,
        step_no,
        step.audience,
        recipients,
        step.urgent,
        now,
    )
    if recipients:
        fact = ChildLate(
            at=now,
            school_id=case.school_id,
            case_id=case.case_id,
            step_no=step_no,
            child_id=case.child_id,
            service_on=case.service_on,
            audience=step.audience,
            recipients=tuple(recipients),
            urgent=step.urgent,
            minutes_late=minutes_late(case.late_since, now),
        )
        await announce(tx, fact, now=now)
    return recipients


async def _turn_to(tx: AsyncSession, case: LateChild, step_no: int, due_at: datetime | None) -> None:
    await (await raw(tx)).execute(NEXT, case.school_id, case.service_on, case.case_id, step_no, due_at)

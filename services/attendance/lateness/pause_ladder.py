"""“On my way”: a family's word delays the ladder, as long as the school allows. It never ends it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.lateness.errors import ArrivalIsPast, NotLate, PausesUsedUp
from services.attendance.lateness.rules.ladder import granted_until, pushed
from services.attendance.roster.names_of import names_of
from services.attendance.roster.school_settings import school_settings
from services.kernel.clock import school_day
from services.kernel.database.transaction import raw
from services.kernel.problems import NotYours

ENTITLED = """
SELECT EXISTS (SELECT FROM collector WHERE school_id = $1 AND child_id = $2 AND collector_id = $3
                  AND may_collect AND NOT removed)
"""
CASE = """
SELECT case_id, next_step_at, paused_until, pauses FROM late_case
 WHERE school_id = $1 AND service_on = $2 AND child_id = $3 AND ended_at IS NULL FOR NO KEY UPDATE
"""
PAUSE = """
UPDATE late_case SET paused_until = $4, next_step_at = $5, pauses = pauses + 1
 WHERE school_id = $1 AND service_on = $2 AND case_id = $3
"""


@dataclass(frozen=True, slots=True)
class Pause:
    """What was granted: until when (UTC), and how often more today."""

    case_id: UUID
    paused_until: datetime
    pauses_left: int


async def pause_ladder(
    tx: AsyncSession, school_id: UUID, person_id: UUID, child_id: UUID, *, until: datetime, now: datetime
) -> Pause:
    """Hold the ladder of a late child until somebody said to be there, but no longer than the school allows.

    The timer is left as it is: it finds the case's new time when it wakes (`climb_ladder.on_late_step`). A worker
    may hold the timer's row and wait for the case that is locked here.

    Raises:
        NotYours: not somebody who may take this child.
        NotLate: no open case.
        ArrivalIsPast: ``until`` is not ahead of ``now``.
        PausesUsedUp: as often as the school allows.
    """
    connection = await raw(tx)
    if not await connection.fetchval(ENTITLED, school_id, child_id, person_id):
        raise NotYours
    name = (await names_of(tx, school_id, [child_id])).get(child_id, "孩子")
    if until <= now:
        raise ArrivalIsPast
    case = await connection.fetchrow(CASE, school_id, school_day(now), child_id)
    if case is None:
        raise NotLate(child=name)
    settings = await school_settings(tx, school_id)
    if case["pauses"] >= settings.most_pauses:
        raise PausesUsedUp(child=name, most_pauses=settings.most_pauses)
    granted = granted_until(until, now, most_minutes=settings.most_pause_minutes)
    next_step_at = pushed(case["next_step_at"], granted)
    await connection.execute(PAUSE, school_id, school_day(now), case["case_id"], granted, next_step_at)
    return Pause(case["case_id"], granted, settings.most_pauses - case["pauses"] - 1)

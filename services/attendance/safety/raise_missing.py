"""Who is expected and not there? Timers raise the case, and tell the family; only a person ends it (law 2)."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.append_entries import append_entries
from services.attendance.custody.lock_stays import lock_stays
from services.attendance.custody.rules.take_step import HeldStay, Step
from services.attendance.dismissal.day_timers import TELL_MISSING
from services.attendance.roster.school_settings import school_settings
from services.contracts.facts.attendance import ChildMissing
from services.kernel.database.transaction import raw
from services.kernel.ids import new_id
from services.kernel.letters.announce import announce
from services.kernel.timers import Due, set_timers

DAY = "SELECT state FROM service_day WHERE school_id = $1 AND service_on = $2 FOR SHARE"
NOT_THERE = """
SELECT stay.child_id FROM expectation JOIN stay USING (school_id, service_on, child_id)
 WHERE school_id = $1 AND service_on = $2 AND expectation.session_id = $3 AND state = 'expected' AND NOT missing
"""
NOT_ARRIVED = """
SELECT child_id FROM stay
 WHERE school_id = $1 AND service_on = $2 AND hand_over_id = $3 AND state = 'in_transit' AND NOT missing
"""
SESSION_OF = "SELECT session_id FROM hand_over WHERE school_id = $1 AND service_on = $2 AND hand_over_id = $3"
RAISE = """
INSERT INTO missing_case (school_id, service_on, case_id, child_id, turn, session_id, raised_at)
SELECT $1, $2, case_id, child_id, turn, $3, $4 FROM unnest($5::uuid[], $6::uuid[], $7::int[])
       AS new(case_id, child_id, turn)
ON CONFLICT DO NOTHING RETURNING case_id
"""
TELL = """
UPDATE missing_case SET told_at = $4
 WHERE school_id = $1 AND service_on = $2 AND case_id = $3 AND cleared_at IS NULL AND told_at IS NULL
RETURNING child_id, session_id
"""


async def on_missing(tx: AsyncSession, due: Due, *, now: datetime) -> None:
    """Raise a case for each child that a session expects and that nobody has seen; subject: the session."""
    connection = await raw(tx)
    day = date.fromisoformat(due.facts["service_on"])
    rows = await connection.fetch(NOT_THERE, due.school_id, day, due.subject)
    await _raise(tx, due, day, [row["child_id"] for row in rows], due.subject, now=now)


async def on_unaccepted(tx: AsyncSession, due: Due, *, now: datetime) -> None:
    """Raise a case for each child that set out and was accepted nowhere; subject: the hand-over."""
    connection = await raw(tx)
    day = date.fromisoformat(due.facts["service_on"])
    rows = await connection.fetch(NOT_ARRIVED, due.school_id, day, due.subject)
    session_id = await connection.fetchval(SESSION_OF, due.school_id, day, due.subject)
    await _raise(tx, due, day, [row["child_id"] for row in rows], session_id, now=now)


async def on_tell_missing(tx: AsyncSession, due: Due, *, now: datetime) -> None:
    """Tell the family, unless a person was faster; subject: the case."""
    await tell_missing(tx, due.school_id, date.fromisoformat(due.facts["service_on"]), due.subject, now=now)


async def tell_missing(
    tx: AsyncSession, school_id: UUID, service_on: date, case_id: UUID, *, now: datetime
) -> bool:
    """Tell the family of an open case, once; returns whether it was told now."""
    row = await (await raw(tx)).fetchrow(TELL, school_id, service_on, case_id, now)
    if row is None:
        return False
    fact = ChildMissing(
        school_id=school_id,
        case_id=case_id,
        child_id=row["child_id"],
        service_on=service_on,
        session_id=row["session_id"],
        at=now,
    )
    await announce(tx, fact, now=now)
    return True


async def _raise(
    tx: AsyncSession, due: Due, day: date, children: Sequence[UUID], session_id: UUID | None, *, now: datetime
) -> None:
    """Lock, look again, write: a scan that came in meanwhile wins."""
    connection = await raw(tx)
    if not children or await connection.fetchval(DAY, due.school_id, day) != "open":
        return
    stays = await lock_stays(tx, due.school_id, day, children)
    gone = [stay for stay in stays.values() if _is_gone(stay, due.subject)]
    steps = [
        Step(
            entry_id=new_id(),
            child_id=stay.child_id,
            kind="missing",
            method="timer",
            occurred_at=now,
            actor_id=None,
            missing=True,
        )
        for stay in gone
    ]
    await append_entries(tx, stays, steps, school_id=due.school_id, service_on=day, now=now)
    if not gone:
        return
    columns = ([new_id() for _ in gone], [stay.child_id for stay in gone], [stay.turn for stay in gone])
    rows = await connection.fetch(RAISE, due.school_id, day, session_id, now, *columns)
    tell_at = now + (await school_settings(tx, due.school_id)).tell_missing_after
    alarms = [(row["case_id"], tell_at, {"service_on": day}) for row in rows]
    await set_timers(tx, school_id=due.school_id, kind=TELL_MISSING, alarms=alarms)


def _is_gone(stay: HeldStay, subject: UUID) -> bool:
    """Tell whether a locked stay is still what the timer looked for."""
    if stay.missing:
        return False
    return stay.state == "expected" or (stay.state == "in_transit" and stay.hand_over_id == subject)

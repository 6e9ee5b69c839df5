"""Lay out a school's day: its sessions, whom they expect, a stay for each child, and the timers that watch over it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.open_stays import expect_children
from services.attendance.dismissal.day_timers import Look, set_late_timers, set_missing_timers
from services.attendance.dismissal.meet_sessions import meet_sessions, offered_on
from services.attendance.roster.settings import settings_from
from services.kernel.database.transaction import raw

SCHOOL = "SELECT roster_version, settings::text AS settings FROM school WHERE school_id = $1"
DAY = "SELECT state FROM service_day WHERE school_id = $1 AND service_on = $2 FOR UPDATE"
OPEN = """
INSERT INTO service_day (school_id, service_on, state, roster_version, opened_at) VALUES ($1, $2, 'open', $3, $4)
ON CONFLICT (school_id, service_on) DO UPDATE SET roster_version = excluded.roster_version RETURNING state
"""
FOLLOWED = """
UPDATE service_day SET roster_version = $4
 WHERE school_id = $1 AND service_on = $2 AND roster_version = $3
"""
DUE_HOME = """
SELECT DISTINCT due_home_at FROM stay
 WHERE school_id = $1 AND service_on = $2 AND state NOT IN ('released', 'absent', 'excused')
"""
COUNTS = """
SELECT (SELECT count(*) FROM session WHERE school_id = $1 AND service_on = $2),
       (SELECT count(*) FROM stay WHERE school_id = $1 AND service_on = $2 AND NOT walk_in)
"""


@dataclass(frozen=True)
class LaidOut:
    """What came of it. ``no_service``: nothing meets that day, and nothing was written."""

    state: Literal["open", "closed", "no_service"]
    sessions: int = 0
    children: int = 0


async def lay_out_day(tx: AsyncSession, school_id: UUID, service_on: date, *, now: datetime) -> LaidOut:
    """Bring the day into line with roster, menu, places and calendar; again and again if need be.

    The day's row is locked before any stay, as whoever closes the day does. A closed day stays as it is.
    """
    connection = await raw(tx)
    school = await connection.fetchrow(SCHOOL, school_id)
    state: Any = await connection.fetchval(DAY, school_id, service_on)
    if state == "closed":
        return LaidOut("closed")
    offered = await offered_on(tx, school_id, service_on) if school is not None else []
    if school is None or (state is None and not offered):
        return LaidOut("no_service")
    await connection.execute("SELECT ensure_entry_partition($1)", service_on)
    if await connection.fetchval(OPEN, school_id, service_on, school["roster_version"], now) == "closed":
        return LaidOut("closed")
    first_time = state is None
    plan = await meet_sessions(tx, school_id, service_on, offered, first_time=first_time, now=now)
    await expect_children(tx, school_id, service_on, plan.due_home())
    settings = settings_from(school["settings"])
    looks = [Look(each.session_id, each.starts_at, each.session_id in plan.grown) for each in plan.meetings]
    await set_missing_timers(tx, school_id, service_on, looks, after=settings.missing_after, now=now)
    due = {row[0] for row in await connection.fetch(DUE_HOME, school_id, service_on)}
    await set_late_timers(
        tx, school_id, service_on, {instant for instant in due if instant > now or first_time}
    )
    sessions, children = await connection.fetchrow(COUNTS, school_id, service_on)
    # Boards and bundles join a thousand rows that were not there a moment ago: the planner must know of them.
    await connection.execute("SELECT measure_tables($1)", children)
    return LaidOut("open", sessions, children)


async def note_version(
    tx: AsyncSession, school_id: UUID, service_on: date, *, since: int, version: int
) -> bool:
    """Note that a change of the roster does not touch the day; False if the day was not laid out by ``since``."""
    connection = await raw(tx)
    done: str = await connection.execute(FOLLOWED, school_id, service_on, since, version)
    return done == "UPDATE 1"

"""Let in the children whom nobody expected: the school turns no child away that stands there (R03)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.open_stays import admit_walk_ins
from services.attendance.dismissal.day_timers import set_late_timers
from services.attendance.scanning.rules.judge_scan import choose_session
from services.attendance.scanning.scan_context import Stand
from services.kernel.database.transaction import raw

HOLD_DAY = "SELECT state FROM service_day WHERE school_id = $1 AND service_on = $2 FOR SHARE"
LAST_END = "SELECT max(ends_at) FROM session WHERE school_id = $1 AND service_on = $2"
GRACE = timedelta(minutes=30)
"""For a child that walks in when all is over."""


async def admit_unexpected(
    tx: AsyncSession, school_id: UUID, service_on: date, stand: Stand, *, now: datetime
) -> None:
    """Open a stay for each unexpected child of the roster, unless the day is closed.

    The day's row is held before any stay is, so that nobody closes the day over a child that just came in.
    Such a child is due home when the scanning teacher's session ends.
    """
    connection = await raw(tx)
    if await connection.fetchval(HOLD_DAY, school_id, service_on) != "open":
        return
    session = choose_session(stand.sessions, (), now, stand.settings.early)
    due = session.ends_at if session else await connection.fetchval(LAST_END, school_id, service_on)
    if due is None or due <= now:
        due = now + GRACE
    if await admit_walk_ins(tx, school_id, service_on, stand.unexpected, due_home_at=due):
        await set_late_timers(tx, school_id, service_on, {due})

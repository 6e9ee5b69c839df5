"""Each school wakes by itself: a timer a day lays its day out, and sets the next."""

from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.dismissal.lay_out_day import lay_out_day
from services.kernel.clock import at_school_time, school_day
from services.kernel.timers import Due, set_timer

LAY_OUT = "lay_out_day"
WAKES_AT = time(0, 5)
"""School's wall clock."""

_WAKE_ALL = text(
    "INSERT INTO timer (school_id, kind, subject, due_at, facts)"
    " SELECT school_id, :kind, school_id, :due_at, '{}' FROM school"
    " ON CONFLICT (school_id, kind, subject) DO NOTHING"
)


async def wake_daily(tx: AsyncSession, school_id: UUID, *, now: datetime) -> None:
    """Wake the school at five past midnight."""
    tomorrow = school_day(now) + timedelta(days=1)
    await set_timer(
        tx,
        school_id=school_id,
        kind=LAY_OUT,
        subject=school_id,
        due_at=at_school_time(tomorrow, WAKES_AT),
        facts={},
    )


async def wake_all(tx: AsyncSession, *, now: datetime) -> None:
    """Wake, at once, each school that has no alarm set: a worker does it when it starts."""
    await tx.execute(_WAKE_ALL, {"kind": LAY_OUT, "due_at": now})


async def on_new_day(tx: AsyncSession, due: Due, *, now: datetime) -> None:
    """Lay out the day that it is now. A worker that was away for days catches up with today, not with the past."""
    await wake_daily(tx, due.school_id, now=now)
    await lay_out_day(tx, due.school_id, school_day(now), now=now)

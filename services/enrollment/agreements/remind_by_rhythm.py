"""Remind by itself: when a text is issued, and some days later, whoever has not signed it yet."""

from datetime import datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.agreements.errors import RemindedToday
from services.enrollment.agreements.issue_agreement import agreement_in_force
from services.enrollment.agreements.remind_unsigned import remind_unsigned
from services.enrollment.agreements.tables import AgreementText
from services.kernel.clock import at_school_time, school_day
from services.kernel.timers import Due, set_timer

REMIND = "remind_unsigned"
DAYS = (3, 7, 14)
"""After the issue; whoever holds out longer than that is spoken to by the homeroom teacher, who sees the list."""
HOUR = time(12, 0)
"""School's wall clock."""


async def soon_remind(tx: AsyncSession, issued: AgreementText) -> None:
    """Have the worker tell whoever is in care already, if and when this transaction commits; then by the rhythm."""
    await set_timer(
        tx,
        school_id=issued.school_id,
        kind=REMIND,
        subject=issued.school_id,
        due_at=issued.issued_at,
        facts={},
    )


async def on_remind(tx: AsyncSession, due: Due, *, now: datetime) -> None:
    """Remind, and set the next of the days; a newer text began a rhythm of its own."""
    in_force = await agreement_in_force(tx, due.school_id)
    if in_force is None:
        return
    if due_at := next_reminder(in_force.issued_at, after=now):
        await set_timer(
            tx, school_id=due.school_id, kind=REMIND, subject=due.school_id, due_at=due_at, facts={}
        )
    try:
        await remind_unsigned(tx, due.school_id, now=now)
    except RemindedToday:
        return  # the school did it itself


def next_reminder(issued_at: datetime, *, after: datetime) -> datetime | None:
    """Return the instant of the rhythm's next day, or nothing when it is over. Pure."""
    issued_on = school_day(issued_at)
    instants = (at_school_time(issued_on + timedelta(days=days), HOUR) for days in DAYS)
    return next((instant for instant in instants if instant > after), None)


TIMERS = {REMIND: on_remind}

"""Which timers does a day carry? Set when it is laid out, and when somebody comes unexpected."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.timers import set_timers

MISSING = "missing"
"""One for each session: who is expected and not there? Subject: the session. Facts: ``service_on``."""
UNACCEPTED = "unaccepted"
"""One for each hand-over: who set out and did not arrive? Subject: the hand-over. Facts: ``service_on``."""
TELL_MISSING = "tell_missing"
"""One for each missing child: its family hears of it unless a person was faster. Subject: the case."""
LATE = "late"
"""One for each time at which children are due home. Facts: ``service_on``, ``due_home_at`` (ISO, UTC)."""

_LATE_SUBJECTS = UUID("0192f0c4-2a51-7000-8000-6c6174650000")


@dataclass(frozen=True)
class Look:
    """A session in which somebody may be missing. ``grew``: children were added to it just now."""

    session_id: UUID
    starts_at: datetime
    grew: bool


def late_subject(due_home_at: datetime) -> UUID:
    """Return the subject of the one timer of a school for that instant."""
    return uuid5(_LATE_SUBJECTS, due_home_at.isoformat())


async def set_late_timers(
    tx: AsyncSession, school_id: UUID, service_on: date, due: Collection[datetime]
) -> None:
    """Look after the children that are due home at each of these instants."""
    alarms = [
        (late_subject(instant), instant, {"service_on": service_on, "due_home_at": instant.isoformat()})
        for instant in sorted(due)
    ]
    await set_timers(tx, school_id=school_id, kind=LATE, alarms=alarms)


async def set_missing_timers(
    tx: AsyncSession,
    school_id: UUID,
    service_on: date,
    looks: Sequence[Look],
    *,
    after: timedelta,
    now: datetime,
) -> None:
    """Look for missing children ``after`` each session's start.

    A session whose look is past gets another one only if children were added to it meanwhile.
    """
    alarms = [
        (look.session_id, max(look.starts_at, now if look.grew else look.starts_at) + after)
        for look in looks
        if look.grew or look.starts_at + after > now
    ]
    facts = {"service_on": service_on}
    await set_timers(
        tx, school_id=school_id, kind=MISSING, alarms=[(subject, due_at, facts) for subject, due_at in alarms]
    )

"""A school says itself how it serves on a day: closed for snow, or a working Saturday that runs as a Wednesday."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.contracts.facts.enrollment import SchoolDayChanged
from services.enrollment.calendar.errors import DayIsPast, DayOutsideTerms, NothingSaidOfDay
from services.enrollment.calendar.lay_calendar import days_of, lay_calendar
from services.enrollment.calendar.rules.school_days import SchoolDay
from services.enrollment.calendar.tables import SchoolDayOverride
from services.enrollment.policy import Policy
from services.enrollment.schools.tables import Term
from services.kernel.clock import school_day
from services.kernel.ids import new_id
from services.kernel.letters.announce import announce


@dataclass(frozen=True)
class OwnWord:
    """What the school says: ``runs_as`` is the weekday whose timetable is followed (1 … 7), None: closed."""

    service_on: date
    runs_as: int | None
    reason: str
    by: UUID


async def set_school_day(
    tx: AsyncSession, school_id: UUID, word: OwnWord, *, policy: Policy, now: datetime
) -> SchoolDay:
    """Set the day, also today; families are told when it is served otherwise than they knew.

    What attendance has begun goes on; what has not begun is cancelled when it pulls the term's days.

    Raises:
        DayIsPast: it is over.
        DayOutsideTerms: no term has it.
    """
    term = await _term_under_lock(tx, school_id, word.service_on, now=now)
    values = {"runs_as": word.runs_as, "reason": word.reason, "decided_by": word.by, "decided_at": now}
    row = insert(SchoolDayOverride).values(school_id=school_id, service_on=word.service_on, **values)
    await tx.execute(row.on_conflict_do_update(index_elements=["school_id", "service_on"], set_=values))
    return await _follow(tx, term, word.service_on, policy=policy, now=now)


async def clear_school_day(
    tx: AsyncSession, school_id: UUID, service_on: date, *, policy: Policy, now: datetime
) -> SchoolDay:
    """Take the school's own word back: the day is as the calendar has it.

    Raises:
        DayIsPast, DayOutsideTerms: as above.
        NothingSaidOfDay: there is no word of the school's.
    """
    term = await _term_under_lock(tx, school_id, service_on, now=now)
    gone = await tx.execute(
        delete(SchoolDayOverride)
        .where(col(SchoolDayOverride.school_id) == school_id, col(SchoolDayOverride.service_on) == service_on)
        .returning(col(SchoolDayOverride.service_on))
    )
    if gone.scalar_one_or_none() is None:
        raise NothingSaidOfDay(on=service_on.isoformat())
    return await _follow(tx, term, service_on, policy=policy, now=now)


async def _term_under_lock(tx: AsyncSession, school_id: UUID, on: date, *, now: datetime) -> Term:
    if on < school_day(now):
        raise DayIsPast(on=on.isoformat())
    found = await tx.execute(
        select(Term)
        .where(col(Term.school_id) == school_id, col(Term.starts_on) <= on, col(Term.ends_on) >= on)
        .with_for_update(key_share=True)
    )
    term = found.scalar_one_or_none()
    if term is None:
        raise DayOutsideTerms(on=on.isoformat())
    return term


async def _follow(tx: AsyncSession, term: Term, on: date, *, policy: Policy, now: datetime) -> SchoolDay:
    before = {day.on: day.runs_as for day in days_of(term)}
    await lay_calendar(tx, term, policy=policy, now=now)
    day = next(day for day in days_of(term) if day.on == on)
    if day.runs_as != before.get(on, day.runs_as):
        fact = SchoolDayChanged(
            at=now,
            school_id=term.school_id,
            change_id=new_id(),
            service_on=on,
            runs_as=day.runs_as,
            reason=(day.why or "")[:60] or None,
        )
        await announce(tx, fact, now=now)
    return day

"""Work out a term's days again, and let those who keep a copy know where they differ."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.calendar.rules.school_days import OwnDay, SchoolDay, Voices, school_days
from services.enrollment.calendar.tables import SchoolDayOverride
from services.enrollment.policy import Policy
from services.enrollment.roster.take_version import take_version
from services.enrollment.schools.tables import Term


async def lay_calendar(tx: AsyncSession, term: Term, *, policy: Policy, now: datetime) -> bool:
    """Bring ``term.days`` (a term under lock) into line with library, county and school; returns whether it moved.

    A term whose days moved takes the school's version, so that its copies are pulled again.
    """
    own = await tx.scalars(
        select(SchoolDayOverride).where(
            col(SchoolDayOverride.school_id) == term.school_id,
            col(SchoolDayOverride.service_on).between(term.starts_on, term.ends_on),
        )
    )
    voices = Voices(
        county={day.on: day for day in policy.calendar},
        own={day.service_on: OwnDay(day.runs_as, day.reason) for day in own},
    )
    days = [_as_kept(day) for day in school_days(term.starts_on, term.ends_on, voices)]
    if days == term.days:
        return False
    term.days = days
    term.version = await take_version(tx, term.school_id, now=now)
    await tx.flush()
    return True


async def follow_calendar(tx: AsyncSession, school_id: UUID, *, policy: Policy, now: datetime) -> bool:
    """Bring all terms of a school into line: the county's file or the library may be newer than its days."""
    terms = await tx.scalars(
        select(Term)
        .where(col(Term.school_id) == school_id)
        .order_by(col(Term.term_id))
        .with_for_update(key_share=True)
    )
    moved = [await lay_calendar(tx, term, policy=policy, now=now) for term in terms.all()]
    return any(moved)


def days_of(term: Term) -> list[SchoolDay]:
    """Return a term's days as everybody was told them."""
    return [SchoolDay(**{**day, "on": date.fromisoformat(day["on"])}) for day in term.days]


def _as_kept(day: SchoolDay) -> dict[str, Any]:
    return {**asdict(day), "on": day.on.isoformat()}

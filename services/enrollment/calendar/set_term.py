"""Put a term or a holiday opening on file, or move its ends."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.calendar.errors import (
    ServedDaysCut,
    TermHasBegun,
    TermNameTaken,
    TermNotPossible,
    TermsOverlap,
    UnknownTerm,
)
from services.enrollment.calendar.lay_calendar import lay_calendar
from services.enrollment.policy import Policy
from services.enrollment.roster.take_version import take_version
from services.enrollment.schools.tables import Term
from services.kernel.clock import school_day
from services.kernel.ids import new_id

LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class TermFacts:
    """A term as the school sets it; both days are in it. ``kind``: term, winter_opening or summer_opening."""

    name: str
    kind: str
    starts_on: date
    ends_on: date


async def add_term(
    tx: AsyncSession, school_id: UUID, facts: TermFacts, *, policy: Policy, now: datetime
) -> Term:
    """Add a term.

    Raises:
        TermNotPossible, TermNameTaken, TermsOverlap.
    """
    terms = await _terms_under_lock(tx, school_id, now=now)
    _check(facts, terms)
    term = Term(school_id=school_id, term_id=new_id(), **vars(facts), version=0)
    tx.add(term)
    await tx.flush()
    await lay_calendar(tx, term, policy=policy, now=now)
    return term


async def change_term(
    tx: AsyncSession, school_id: UUID, term_id: UUID, facts: TermFacts, *, policy: Policy, now: datetime
) -> Term:
    """Rename a term or move its ends; days that were served, today among them, stay in it.

    Raises:
        UnknownTerm, TermNotPossible, TermNameTaken, TermsOverlap.
        ServedDaysCut: it has begun, and a served day would fall out.
        TermHasBegun: it has begun, and its kind would change.
    """
    terms = await _terms_under_lock(tx, school_id, now=now)
    term = next((term for term in terms if term.term_id == term_id), None)
    if term is None:
        raise UnknownTerm
    _check(facts, [other for other in terms if other is not term])
    today = school_day(now)
    if term.starts_on <= today:
        ends_from = min(today, term.ends_on)
        if facts.starts_on > term.starts_on or facts.ends_on < ends_from:
            raise ServedDaysCut(starts_by=term.starts_on.isoformat(), ends_from=ends_from.isoformat())
        if facts.kind != term.kind:
            raise TermHasBegun
    term.name, term.kind = facts.name, facts.kind
    term.starts_on, term.ends_on = facts.starts_on, facts.ends_on
    term.version = await take_version(tx, school_id, now=now)
    await tx.flush()
    await lay_calendar(tx, term, policy=policy, now=now)
    return term


async def _terms_under_lock(tx: AsyncSession, school_id: UUID, *, now: datetime) -> list[Term]:
    """Lock the school's terms, then its version: of two new terms at once the second sees the first."""
    terms = select(Term).where(col(Term.school_id) == school_id).order_by(col(Term.term_id))
    await tx.execute(terms.with_for_update(key_share=True))
    await take_version(tx, school_id, now=now)
    return list(await tx.scalars(terms.execution_options(populate_existing=True)))


def _check(facts: TermFacts, others: list[Term]) -> None:
    if not facts.starts_on <= facts.ends_on <= facts.starts_on + LONGEST:
        raise TermNotPossible(starts_on=facts.starts_on.isoformat(), ends_on=facts.ends_on.isoformat())
    for other in others:
        if other.name == facts.name:
            raise TermNameTaken(name=facts.name)
        if other.starts_on <= facts.ends_on and facts.starts_on <= other.ends_on:
            raise TermsOverlap(
                other=other.name, starts_on=other.starts_on.isoformat(), ends_on=other.ends_on.isoformat()
            )

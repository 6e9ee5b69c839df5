"""A school's terms and holiday openings."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.calendar.errors import UnknownTerm
from services.enrollment.schools.current_term import current_term
from services.enrollment.schools.tables import Term


async def terms_on_file(tx: AsyncSession, school_id: UUID) -> list[Term]:
    """Return all terms, by their begin."""
    found = await tx.scalars(
        select(Term).where(col(Term.school_id) == school_id).order_by(col(Term.starts_on))
    )
    return list(found)


async def term_asked_for(tx: AsyncSession, school_id: UUID, term_id: UUID | None, *, on: date) -> Term:
    """Return the named term; without a name the one that is running or comes next.

    Raises:
        UnknownTerm: this school has no such term.
        NoTerm: none was named, and none is left.
    """
    if term_id is None:
        return await current_term(tx, school_id, on=on)
    term = await tx.get(Term, (school_id, term_id))
    if term is None:
        raise UnknownTerm
    return term

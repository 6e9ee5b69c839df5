"""Which term is it, or which comes next?"""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.schools.errors import NoTerm
from services.enrollment.schools.tables import Term

CURRENT_TERM = (
    "(SELECT term_id FROM term WHERE school_id = :school_id AND ends_on >= :on ORDER BY starts_on LIMIT 1)"
)
"""The same inside a statement; facts: ``school_id``, ``on``."""


async def current_term(tx: AsyncSession, school_id: UUID, *, on: date) -> Term:
    """Return the term that ``on`` is in, or the next one to begin; raises NoTerm."""
    found = await tx.execute(
        select(Term)
        .where(col(Term.school_id) == school_id, col(Term.ends_on) >= on)
        .order_by(col(Term.starts_on))
        .limit(1)
    )
    term = found.scalar_one_or_none()
    if term is None:
        raise NoTerm(on=on.isoformat())
    return term

"""What everybody may read about a school's service, without logging in (R02)."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.menu.errors import MenuNotPublished
from services.enrollment.menu.tables import MenuPublication
from services.enrollment.schools.current_term import current_term
from services.enrollment.schools.tables import Term


async def public_menu(tx: AsyncSession, school_id: UUID, *, on: date) -> tuple[Term, MenuPublication]:
    """Return the newest publication of the term that is running or comes next; raises MenuNotPublished."""
    term = await current_term(tx, school_id, on=on)
    found = await tx.execute(
        select(MenuPublication)
        .where(col(MenuPublication.school_id) == school_id, col(MenuPublication.term_id) == term.term_id)
        .order_by(col(MenuPublication.number).desc())
        .limit(1)
    )
    publication = found.scalar_one_or_none()
    if publication is None:
        raise MenuNotPublished
    return term, publication

"""From which day does a choice hold?"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.schools.current_term import current_term
from services.enrollment.selection.errors import DateNotPossible
from services.kernel.clock import school_day


async def effective_day(tx: AsyncSession, school_id: UUID, asked: date | None, *, now: datetime) -> date:
    """Return the asked day, or today, or the term's first day where that is still to come.

    Raises:
        DateNotPossible: a day in the past.
        NoTerm: no term is left.
    """
    today = school_day(now)
    if asked is not None and asked < today:
        raise DateNotPossible(earliest=today.isoformat())
    on = asked or today
    term = await current_term(tx, school_id, on=on)
    return max(on, term.starts_on)

"""Until when can a child of each grade stay in basic care? Families choose among these lengths (R09)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.schools.current_term import CURRENT_TERM

# A length is offered on the weekdays on which some published group of the grade ends then.
_LENGTHS = text(
    "SELECT grade, o.ends AS until, array_agg(DISTINCT day ORDER BY day) AS weekdays"  # noqa: S608 - our own words
    "  FROM offering o, unnest(o.grades) AS grade, unnest(o.weekdays) AS day"
    " WHERE o.school_id = :school_id AND o.basic AND o.state = 'published'"
    f"   AND o.term_id = {CURRENT_TERM}"
    " GROUP BY grade, o.ends ORDER BY grade, o.ends"
)


async def care_lengths(tx: AsyncSession, school_id: UUID, *, on: date) -> Sequence[RowMapping]:
    """Return grade, ``until`` (school's wall clock) and weekdays, of the term that ``on`` is in or the next."""
    return (await tx.execute(_LENGTHS, {"school_id": school_id, "on": on})).mappings().all()

"""What can be chosen now, and how many places are left."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

_OPEN = text(
    "SELECT o.*, st.name AS teacher, r.name AS room, pa.name AS partner,"
    "       greatest(o.capacity - coalesce(taken.places, 0), 0) AS free"
    "  FROM offering o"
    "  LEFT JOIN staff st ON st.school_id = o.school_id AND st.staff_id = o.teacher_id"
    "  LEFT JOIN room r ON r.school_id = o.school_id AND r.room_id = o.room_id"
    "  LEFT JOIN partner pa ON pa.school_id = o.school_id AND pa.partner_id = o.partner_id"
    "  LEFT JOIN (SELECT school_id, offering_id, count(DISTINCT child_id) AS places FROM place"
    "    WHERE school_id = :school_id AND (until_on IS NULL OR until_on > greatest(from_on, CAST(:today AS date)))"
    "    GROUP BY school_id, offering_id) AS taken"
    "    ON taken.school_id = o.school_id AND taken.offering_id = o.offering_id"
    " WHERE o.school_id = :school_id AND o.state = 'published'"
    "   AND (CAST(:grade AS smallint) IS NULL OR CAST(:grade AS smallint) = ANY(o.grades))"
    "   AND (NOT CAST(:unstaffed AS boolean) OR o.needs_staffing)"
    " ORDER BY o.starts, o.code"
)


async def open_offerings(
    tx: AsyncSession, school_id: UUID, *, grade: int | None = None, unstaffed: bool = False, today: date
) -> Sequence[RowMapping]:
    """Return published offerings with ``free`` places, teacher and room by name; counted without a lock."""
    facts = {"school_id": school_id, "grade": grade, "unstaffed": unstaffed, "today": today}
    return (await tx.execute(_OPEN, facts)).mappings().all()

"""What can be chosen now, and how many places are left."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.selection.free_places import free_places
from services.kernel.clock import school_day

_OPEN = text(
    "SELECT o.*, st.name AS teacher, r.name AS room, pa.name AS partner"
    "  FROM offering o"
    "  LEFT JOIN staff st ON st.school_id = o.school_id AND st.staff_id = o.teacher_id"
    "  LEFT JOIN room r ON r.school_id = o.school_id AND r.room_id = o.room_id"
    "  LEFT JOIN partner pa ON pa.school_id = o.school_id AND pa.partner_id = o.partner_id"
    " WHERE o.school_id = :school_id AND o.state = 'published'"
    "   AND (CAST(:grade AS smallint) IS NULL OR CAST(:grade AS smallint) = ANY(o.grades))"
    "   AND (NOT CAST(:unstaffed AS boolean) OR o.needs_staffing)"
    " ORDER BY o.starts, o.code"
)


async def open_offerings(
    tx: AsyncSession, school_id: UUID, *, grade: int | None = None, unstaffed: bool = False, now: datetime
) -> Sequence[Mapping[str, Any]]:
    """Return published offerings with ``free`` places, teacher and room by name; counted without a lock.

    A place that is reserved for who waits, or held back until its hour, is not free: no claim would get it.
    """
    facts = {"school_id": school_id, "grade": grade, "unstaffed": unstaffed}
    rows = (await tx.execute(_OPEN, facts)).mappings().all()
    ids = [row["offering_id"] for row in rows]
    free = await free_places(tx, school_id, ids, since=school_day(now), now=now)
    return [{**row, "free": max(free[row["offering_id"]], 0)} for row in rows]

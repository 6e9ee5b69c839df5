"""Who and what is free at an offering's time? For a group that was opened by demand."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

_BUSY = (
    "EXISTS (SELECT FROM offering o JOIN offering w ON w.school_id = o.school_id AND w.term_id = o.term_id"
    " WHERE w.school_id = :school_id AND w.offering_id = :offering_id AND o.offering_id <> w.offering_id"
    " AND o.state IN ('draft', 'published') AND o.weekdays && w.weekdays"
    " AND o.starts < w.ends AND o.ends > w.starts AND o."
)
_TEACHERS = text(
    "SELECT staff_id, staff_no, name, subject FROM staff WHERE school_id = :school_id AND NOT removed"  # noqa: S608 - our own words
    f" AND 'teacher' = ANY(personas) AND NOT {_BUSY}teacher_id = staff.staff_id) ORDER BY pinyin, staff_no"
)
_ROOMS = text(
    "SELECT room_id, name, capacity FROM room WHERE school_id = :school_id AND NOT removed"  # noqa: S608 - our own words
    f" AND NOT {_BUSY}room_id = room.room_id) ORDER BY name"
)


async def free_for_offering(
    tx: AsyncSession, school_id: UUID, offering_id: UUID
) -> tuple[Sequence[RowMapping], Sequence[RowMapping]]:
    """Return (teachers, rooms) without anything else at that time; those it already has count as free."""
    facts = {"school_id": school_id, "offering_id": offering_id}
    teachers = (await tx.execute(_TEACHERS, facts)).mappings().all()
    rooms = (await tx.execute(_ROOMS, facts)).mappings().all()
    return teachers, rooms

"""Name the teacher and the room of an offering, first of all of one that was opened by demand."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.menu.errors import TimetableClash, UnknownOffering, UnknownStaffOrRoom
from services.enrollment.menu.menu_on_file import menu_on_file
from services.enrollment.menu.rules.timetable import timetable
from services.enrollment.menu.tables import Offering
from services.enrollment.roster.take_version import take_version
from services.enrollment.schools.tables import Room, Staff


async def staff_offering(
    tx: AsyncSession, school_id: UUID, offering_id: UUID, *, teacher_id: UUID, room_id: UUID, now: datetime
) -> Offering:
    """Give an offering its teacher and room.

    Raises:
        UnknownOffering, UnknownStaffOrRoom: nothing of that id in this school.
        TimetableClash: teacher or room is elsewhere at this time; both sides are named (R18).
    """
    found = await tx.execute(
        select(Offering)
        .where(
            col(Offering.school_id) == school_id,
            col(Offering.offering_id) == offering_id,
            col(Offering.state).in_(("draft", "published")),
        )
        .with_for_update(key_share=True)
    )
    offering = found.scalar_one_or_none()
    if offering is None:
        raise UnknownOffering
    if (
        await tx.get(Staff, (school_id, teacher_id)) is None
        or await tx.get(Room, (school_id, room_id)) is None
    ):
        raise UnknownStaffOrRoom
    version = await take_version(tx, school_id, now=now)
    offering.teacher_id, offering.room_id = teacher_id, room_id
    offering.needs_staffing, offering.version = False, version
    await tx.flush()
    menu = {one.offering.offering_id: one for one in await menu_on_file(tx, school_id, offering.term_id)}
    own = menu[offering_id].proposal()
    others = [one.proposal() for key, one in menu.items() if key != offering_id]
    clashes = [o for o in timetable([*others, own]) if own.code in o.offerings]
    if clashes:
        raise TimetableClash(
            first=clashes[0].sentence, findings=[clash.model_dump(mode="json") for clash in clashes]
        )
    return offering

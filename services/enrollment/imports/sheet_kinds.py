"""Which kinds of sheets are there, what is each judged against, and who writes it?"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.families.tables import Child
from services.enrollment.imports.difference import Compared
from services.enrollment.imports.finding import Reading
from services.enrollment.imports.read_sheet import Form, Rows
from services.enrollment.imports.rules import (
    collector_rows,
    menu_rows,
    room_rows,
    roster_rows,
    school_rows,
    staff_rows,
)
from services.enrollment.imports.take_collectors import take_collectors
from services.enrollment.imports.take_menu import take_menu
from services.enrollment.imports.take_roster import take_roster
from services.enrollment.imports.take_schools import take_schools
from services.enrollment.imports.take_staff import take_rooms, take_staff
from services.enrollment.partners.tables import Partner
from services.enrollment.policy import Policy
from services.enrollment.schools.current_term import current_term
from services.enrollment.schools.errors import SchoolNotOnFile
from services.enrollment.schools.tables import Room, School, Staff
from services.kernel.cipher import FieldCipher
from services.kernel.clock import school_day


@dataclass(frozen=True)
class Desk:
    """Whose file it is and what the desk that takes it works with; no school for the bureau's own list."""

    school_id: UUID | None
    policy: Policy
    cipher: FieldCipher
    now: datetime

    def school(self) -> UUID:
        """The school; raises SchoolNotOnFile where none was named."""
        if self.school_id is None:
            raise SchoolNotOnFile
        return self.school_id


@dataclass(frozen=True)
class Judged:
    """What was understood, and how it is held against what is on file."""

    reading: Reading[Any]
    compare: Callable[[], Awaitable[Compared]]


@dataclass(frozen=True)
class SheetKind:
    """A kind of import. ``by_name``: the forms are sheets of one book, found by their names."""

    forms: tuple[Form, ...]
    judge: Callable[[AsyncSession, Desk, Sequence[Rows]], Awaitable[Judged]]
    by_name: bool = field(default=False)


async def _roster(tx: AsyncSession, desk: Desk, sheets: Sequence[Rows]) -> Judged:
    grades = desk.policy.school_kinds[(await _school(tx, desk)).kind].grades
    reading = await asyncio.to_thread(
        roster_rows.judge_roster, sheets[0], grades=grades, priority_groups=desk.policy.priority_groups
    )
    return Judged(
        reading, partial(take_roster, tx, desk.school(), reading.records, cipher=desk.cipher, now=desk.now)
    )


async def _staff(tx: AsyncSession, desk: Desk, sheets: Sequence[Rows]) -> Judged:
    reading = staff_rows.judge_staff(sheets[0])
    return Judged(
        reading, partial(take_staff, tx, desk.school(), reading.records, cipher=desk.cipher, now=desk.now)
    )


async def _rooms(tx: AsyncSession, desk: Desk, sheets: Sequence[Rows]) -> Judged:
    reading = room_rows.judge_rooms(sheets[0])
    return Judged(reading, partial(take_rooms, tx, desk.school(), reading.records, now=desk.now))


async def _menu(tx: AsyncSession, desk: Desk, sheets: Sequence[Rows]) -> Judged:
    school = await _school(tx, desk)
    staff = await tx.scalars(
        select(col(Staff.staff_no)).where(col(Staff.school_id) == school.school_id, ~col(Staff.removed))
    )
    rooms = await tx.execute(
        select(col(Room.name), col(Room.capacity)).where(
            col(Room.school_id) == school.school_id, ~col(Room.removed)
        )
    )
    partners = await tx.scalars(
        select(col(Partner.name)).where(col(Partner.school_id) == school.school_id, ~col(Partner.ended))
    )
    ground = menu_rows.MenuGround(
        staff=frozenset(staff),
        rooms={row.name: row.capacity for row in rooms},
        grades=desk.policy.school_kinds[school.kind].grades,
        policy=desk.policy,
        partners=frozenset(partners),
    )
    reading = menu_rows.judge_menu(sheets[0], ground)
    term = await current_term(tx, school.school_id, on=school_day(desk.now))
    return Judged(
        reading,
        partial(
            take_menu,
            tx,
            school.school_id,
            reading.records,
            term_id=term.term_id,
            policy=desk.policy,
            now=desk.now,
        ),
    )


async def _collectors(tx: AsyncSession, desk: Desk, sheets: Sequence[Rows]) -> Judged:
    children = await _children(tx, desk.school())
    today = school_day(desk.now)
    book = collector_rows.CollectorBook(
        children,
        collector_rows.judge_collectors(sheets[0], children, today=today),
        collector_rows.judge_blocked(sheets[1], children),
        collector_rows.judge_self_release(sheets[2], children),
    )
    parts: list[Reading[Any]] = [book.collectors, book.blocked, book.self_release]
    whole: Reading[Any] = Reading(
        rows=sum(part.rows for part in parts),
        findings=[finding for part in parts for finding in part.findings],
    )
    for part in parts:
        whole.records.extend(part.records)
    return Judged(whole, partial(take_collectors, tx, desk.school(), book, cipher=desk.cipher, now=desk.now))


async def _schools(tx: AsyncSession, desk: Desk, sheets: Sequence[Rows]) -> Judged:
    known = list(await tx.scalars(select(col(School.code))))
    reading = school_rows.judge_schools(sheets[0], desk.policy, known)
    return Judged(reading, partial(take_schools, tx, reading.records, policy=desk.policy, now=desk.now))


async def _school(tx: AsyncSession, desk: Desk) -> School:
    school = await tx.get(School, desk.school())
    if school is None:
        raise SchoolNotOnFile
    return school


async def _children(tx: AsyncSession, school_id: UUID) -> Mapping[str, collector_rows.ChildOnFile]:
    rows = await tx.execute(
        select(col(Child.student_no), col(Child.child_id), col(Child.name)).where(
            col(Child.school_id) == school_id, ~col(Child.removed)
        )
    )
    return {row.student_no: collector_rows.ChildOnFile(row.child_id, row.name) for row in rows}


SHEET_KINDS = {
    "schools": SheetKind((school_rows.FORM,), _schools),
    "staff": SheetKind((staff_rows.FORM,), _staff),
    "rooms": SheetKind((room_rows.FORM,), _rooms),
    "roster": SheetKind((roster_rows.FORM,), _roster),
    "menu": SheetKind((menu_rows.FORM,), _menu),
    "collectors": SheetKind(
        (collector_rows.COLLECTORS, collector_rows.BLOCKED, collector_rows.SELF_RELEASE),
        _collectors,
        by_name=True,
    ),
}
"""In the order in which a new school hands them in."""

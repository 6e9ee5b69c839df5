"""Fill attendance's database with schools whose children all wait to be scanned."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from services.attendance.dismissal.lay_out_day import lay_out_day
from services.attendance.roster.tables import Adult, CalendarDay, Child, Offering, Place, Room, School
from services.kernel.clock import at_school_time
from services.kernel.database.transaction import Database
from services.kernel.ids import new_id

SERVICE_ON = date(2026, 11, 23)
STARTS = at_school_time(SERVICE_ON, time(16, 30))
GROUPS = 40
GROUP_SIZE = 40


@dataclass(frozen=True)
class Group:
    """A teacher and the children of her session."""

    school_id: UUID
    teacher_id: UUID
    child_ids: tuple[UUID, ...]


async def seed_school(database: Database, number: int, *, now: datetime) -> list[Group]:
    """Write one school of 1,600 children in 40 groups, with today laid out; return the groups."""
    school_id, term_id = new_id(), new_id()
    groups = [Group(school_id, new_id(), tuple(new_id() for _ in range(GROUP_SIZE))) for _ in range(GROUPS)]
    rooms = [new_id() for _ in groups]
    offerings = [new_id() for _ in groups]
    rows: list[tuple[type[Any], list[dict[str, Any]]]] = [
        (
            School,
            [{"school_id": school_id, "code": f"B{number:03}", "name": f"测试小学{number}", "settings": {}}],
        ),
        (CalendarDay, [{"day_on": SERVICE_ON, "term_id": term_id, "kind": "workday", "runs_as": 1}]),
        (Room, [{"room_id": room, "name": f"教室{i}", "capacity": 60} for i, room in enumerate(rooms)]),
        (
            Adult,
            [
                {"adult_id": g.teacher_id, "name": f"教师{i}", "personas": ["teacher"]}
                for i, g in enumerate(groups)
            ],
        ),
        (Child, [_child(i, j, child) for i, g in enumerate(groups) for j, child in enumerate(g.child_ids)]),
        (
            Offering,
            [_offering(i, term_id, offerings[i], g.teacher_id, rooms[i]) for i, g in enumerate(groups)],
        ),
        (Place, [_place(child, offerings[i]) for i, g in enumerate(groups) for child in g.child_ids]),
    ]
    async with database.transaction([school_id]) as tx:
        for table, some in rows:
            await tx.execute(insert(table), [{"school_id": school_id, **row} for row in some])
        await lay_out_day(tx, school_id, SERVICE_ON, now=now)
    return groups


def _teacher(group: int, adult_id: UUID) -> dict[str, Any]:
    return {"adult_id": adult_id, "name": f"教师{group}", "personas": ["teacher"]}


def _child(group: int, seat: int, child_id: UUID) -> dict[str, Any]:
    return {
        "child_id": child_id,
        "student_no": f"{group:02}{seat:02}",
        "name": f"学生{group}-{seat}",
        "initials": "xs",
        "grade": 1 + group % 6,
        "class_name": f"{1 + group // 6}班",
    }


def _offering(
    group: int, term_id: UUID, offering_id: UUID, teacher_id: UUID, room_id: UUID
) -> dict[str, Any]:
    return {
        "offering_id": offering_id,
        "term_id": term_id,
        "code": f"K{group:03}",
        "name": "作业辅导",
        "kind": "homework",
        "teacher_id": teacher_id,
        "room_id": room_id,
        "weekdays": [1, 2, 3, 4, 5],
        "starts": time(16, 30),
        "ends": time(17, 30),
    }


def _place(child_id: UUID, offering_id: UUID) -> dict[str, Any]:
    return {
        "place_id": new_id(),
        "child_id": child_id,
        "offering_id": offering_id,
        "weekdays": [1, 2, 3, 4, 5],
        "from_on": date(2026, 9, 1),
    }

"""Fill enrollment's database with a school whose families all want a club at the same moment."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from services.enrollment.families.tables import Child, Guardian, Guardianship
from services.enrollment.menu.tables import Offering
from services.enrollment.schools.tables import School, SchoolVersion, Term
from services.enrollment.table import EnrollmentTable
from services.kernel.clock import real_now, school_day
from services.kernel.database.transaction import Database
from services.kernel.ids import new_id

NOW: datetime = real_now()
"""The services of a measurement go by the real clock."""
FAMILIES = 3_000
CLUBS = 60
HOT_CLUBS = 5
HOT_SHARE = 0.4
SEATS = 30
"""Of each club: a few more than come to the others, an eighth of what comes to the hot ones."""


@dataclass(frozen=True)
class Wisher:
    """A family, its child, and the club that it wants."""

    school_id: UUID
    guardian_id: UUID
    child_id: UUID
    offering_id: UUID


async def seed_crowd(
    database: Database, number: int, *, clubs: int = CLUBS, seats: int = SEATS
) -> list[Wisher]:
    """Write one school of 3,000 families; return them in the order in which they will come.

    With one club alone all of them want it.
    """
    school_id, term_id = new_id(), new_id()
    people = [(new_id(), new_id()) for _ in range(FAMILIES)]
    offerings = [new_id() for _ in range(clubs)]
    rows: list[tuple[type[EnrollmentTable], list[dict[str, Any]]]] = [
        (School, [_school(number)]),
        (SchoolVersion, [{"version": 1, "stamped_by": ""}]),
        (Term, [_term(term_id)]),
        (Guardian, [_guardian(guardian) for guardian, _ in people]),
        (Child, [_child(seat, child) for seat, (_, child) in enumerate(people)]),
        (Guardianship, [_bond(guardian, child) for guardian, child in people]),
        (Offering, [_club(seat, key, term_id, seats) for seat, key in enumerate(offerings)]),
    ]
    async with database.transaction([school_id]) as tx:
        for table, some in rows:
            await tx.execute(insert(table), [{"school_id": school_id, **row} for row in some])
    dice = random.Random(number)  # noqa: S311 - the same crowd every time
    return [Wisher(school_id, guardian, child, _wanted(offerings, dice)) for guardian, child in people]


def _wanted(offerings: Sequence[UUID], dice: random.Random) -> UUID:
    hot = len(offerings) > HOT_CLUBS and dice.random() < HOT_SHARE
    return dice.choice(offerings[:HOT_CLUBS] if hot else offerings[HOT_CLUBS:] or offerings)


def _school(number: int) -> dict[str, Any]:
    return {
        "code": f"B{number:03}",
        "name": f"测试小学{number}",
        "county": "潞州区",
        "kind": "primary",
        "boarding": "none",
        "releases_at": time(16, 30),
        "work_ends_at": time(18, 0),
        "created_at": NOW,
    }


def _term(term_id: UUID) -> dict[str, Any]:
    return {
        "term_id": term_id,
        "name": "2026—2027学年第一学期",
        "kind": "term",
        "starts_on": school_day(NOW) - timedelta(days=60),
        "ends_on": school_day(NOW) + timedelta(days=60),
        "version": 1,
    }


def _guardian(guardian_id: UUID) -> dict[str, Any]:
    return {
        "guardian_id": guardian_id,
        "name": "家长",
        "phone_sealed": b"sealed",
        "phone_index": guardian_id.bytes,
        "version": 1,
    }


def _child(seat: int, child_id: UUID) -> dict[str, Any]:
    return {
        "child_id": child_id,
        "student_no": f"{seat:06}",
        "name": f"学生{seat}",
        "pinyin": "xue sheng",
        "initials": "xs",
        "grade": 1 + seat % 6,
        "class_name": f"{1 + seat // 6 % 10}班",
        "version": 1,
    }


def _bond(guardian_id: UUID, child_id: UUID) -> dict[str, Any]:
    return {"guardian_id": guardian_id, "child_id": child_id, "relation": "母亲", "rank": 1, "version": 1}


def _club(seat: int, offering_id: UUID, term_id: UUID, seats: int) -> dict[str, Any]:
    return {
        "offering_id": offering_id,
        "term_id": term_id,
        "code": f"K{seat:03}",
        "title": f"社团{seat}",
        "kind": "club",
        "nature": "regular",
        "basic": False,
        "weekdays": [1, 3] if seat % 2 else [2, 4],
        "starts": time(17, 30),
        "ends": time(18, 30),
        "grades": [1, 2, 3, 4, 5, 6],
        "capacity": seats,
        "state": "published",
        "version": 1,
    }

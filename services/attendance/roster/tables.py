"""Attendance's copy of a school's roster, pulled from enrollment by version.

A row that enrollment removed stays here with ``removed``: entries of the ledger still point to it.
"""

from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Index, SmallInteger, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.attendance.table import AttendanceTable


class School(AttendanceTable, table=True):
    """A school as attendance knows it. ``roster_version`` is how far its copy reaches."""

    school_id: UUID = Field(primary_key=True)
    code: str
    name: str
    releases_at: time = Field(default=time(16, 30), description="Lessons end, school's wall clock.")
    agreement_number: int | None = Field(
        default=None, description="The safety agreement in force; a child with another one is not signed for."
    )
    roster_version: int = 0
    settings: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSONB, description="The school's own timings; see roster/settings.py."
    )


class CalendarDay(AttendanceTable, table=True):
    """One day of a school's term. ``runs_as``: the weekday whose timetable it follows (1 … 7), None: closed."""

    school_id: UUID = Field(primary_key=True)
    day_on: date = Field(primary_key=True)
    term_id: UUID = Field(primary_key=True)
    kind: str = Field(description="workday, weekend or holiday.")
    runs_as: int | None = None
    certain: bool = True


class Adult(AttendanceTable, table=True):
    """A member of staff: whoever can answer for a child."""

    school_id: UUID = Field(primary_key=True)
    adult_id: UUID = Field(primary_key=True)
    name: str
    personas: list[str] = Field(sa_type=ARRAY(String))
    homeroom_grade: int | None = None
    homeroom_class: str | None = None
    removed: bool = False


class Room(AttendanceTable, table=True):
    """A place inside the school."""

    school_id: UUID = Field(primary_key=True)
    room_id: UUID = Field(primary_key=True)
    name: str
    capacity: int
    removed: bool = False


class Child(AttendanceTable, table=True):
    """A child on the roster. No health note, no priority group: these stay with enrollment."""

    school_id: UUID = Field(primary_key=True)
    child_id: UUID = Field(primary_key=True)
    student_no: str
    name: str
    initials: str
    grade: int
    class_name: str
    boarder: bool = False
    agreed_number: int | None = Field(default=None, description="The agreement that was signed for it (R29).")
    removed: bool = False


class Guardian(AttendanceTable, table=True):
    """A guardian's name, kept because it may come with another page than what the guardian is to a child."""

    school_id: UUID = Field(primary_key=True)
    guardian_id: UUID = Field(primary_key=True)
    name: str
    removed: bool = False


class Collector(AttendanceTable, table=True):
    """Somebody who may take a child: a guardian (``is_guardian``) or a person the family named.

    Valid from/until are school days, both inclusive; ``weekdays`` are ISO (1 Monday … 7 Sunday).
    """

    school_id: UUID = Field(primary_key=True)
    child_id: UUID = Field(primary_key=True)
    collector_id: UUID = Field(primary_key=True)
    name: str
    relation: str
    is_guardian: bool
    rank: int = Field(default=1, description="Guardians: 1 is called first.")
    may_collect: bool = True
    told: bool = Field(default=True, description="Hears of this child: guardians with that right.")
    birth_year: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    weekdays: list[int] = Field(sa_type=ARRAY(SmallInteger))
    removed: bool = False


class Blocked(AttendanceTable, table=True):
    """A person who must never be given this child, and the order it rests on."""

    school_id: UUID = Field(primary_key=True)
    child_id: UUID = Field(primary_key=True)
    blocked_id: UUID = Field(primary_key=True)
    name: str
    reason: str
    removed: bool = False


class SelfRelease(AttendanceTable, table=True):
    """The written permission by which a child may go home alone from a day on."""

    school_id: UUID = Field(primary_key=True)
    child_id: UUID = Field(primary_key=True)
    valid_from: date
    valid_until: date | None = None
    removed: bool = False


class Offering(AttendanceTable, table=True):
    """An item of the school's menu with its weekly times (the school's wall clock)."""

    school_id: UUID = Field(primary_key=True)
    offering_id: UUID = Field(primary_key=True)
    term_id: UUID
    code: str
    name: str
    kind: str
    teacher_id: UUID | None
    room_id: UUID | None
    weekdays: list[int] = Field(sa_type=ARRAY(SmallInteger))
    starts: time
    ends: time
    removed: bool = False


class Place(AttendanceTable, table=True):
    """A child's place in an offering, on some weekdays; ``until_on`` is the first day without it."""

    __table_args__ = (
        Index("place_by_offering", "school_id", "offering_id"),
        Index("place_by_child", "school_id", "child_id"),
    )

    school_id: UUID = Field(primary_key=True)
    place_id: UUID = Field(primary_key=True)
    child_id: UUID
    offering_id: UUID
    weekdays: list[int] = Field(sa_type=ARRAY(SmallInteger))
    from_on: date
    until_on: date | None = None

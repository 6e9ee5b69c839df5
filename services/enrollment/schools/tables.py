"""A school and what it has: terms, staff, rooms, invitations, and the counter of its roster's versions."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.enrollment.table import EnrollmentTable, LongText, Words
from services.kernel.database.service_table import Instant


class School(EnrollmentTable, table=True):
    """A school. A platform table: everything in it stands on the school's public page (R02)."""

    school_id: UUID = Field(primary_key=True)
    code: str = Field(unique=True, description="As the bureau numbers schools, S001.")
    name: str
    county: str
    kind: str = Field(description="A key of the policy's school_kinds (R05).")
    boarding: str = Field(description="none, some or all.")
    run_by_id: UUID | None = Field(default=None, description="The central school that runs this one (R12).")
    releases_at: time = Field(description="End of lessons, school's wall clock.")
    work_ends_at: time = Field(description="Local end of work (R09), school's wall clock.")
    complaint_contact: str | None = None
    safety_measures: str | None = Field(default=None, sa_type=LongText)
    created_at: datetime = Field(sa_type=Instant)


class SchoolVersion(EnrollmentTable, table=True):
    """The school's one counter: each transaction that changes what others copy takes the next number under its lock."""

    school_id: UUID = Field(primary_key=True, foreign_key="school.school_id")
    version: int
    stamped_by: str = Field(
        description="The database transaction that took the number, so it takes one only."
    )


class Term(EnrollmentTable, table=True):
    """A stretch of days in which the school serves; both ends are in it."""

    __table_args__ = (
        UniqueConstraint("school_id", "name"),
        Index("ix_term_version", "school_id", "version"),
    )

    school_id: UUID = Field(primary_key=True, foreign_key="school.school_id")
    term_id: UUID = Field(primary_key=True)
    name: str
    kind: str = Field(description="term, winter_opening or summer_opening (R13).")
    starts_on: date
    ends_on: date
    days: list[dict[str, Any]] = Field(
        default_factory=list,
        sa_type=JSONB,
        sa_column_kwargs={"server_default": text("'[]'")},
        description="Its days as everybody is told them: on, kind, runs_as, certain, why.",
    )
    version: int


class Staff(EnrollmentTable, table=True):
    """Somebody who works at the school."""

    __table_args__ = (
        UniqueConstraint("school_id", "staff_no"),
        Index(
            "uq_staff_phone", "school_id", "phone_index", unique=True, postgresql_where=text("NOT removed")
        ),
        Index("ix_staff_phone_index", "phone_index"),
        Index("ix_staff_version", "school_id", "version"),
    )

    school_id: UUID = Field(primary_key=True, foreign_key="school.school_id")
    staff_id: UUID = Field(primary_key=True)
    staff_no: str
    name: str
    pinyin: str
    initials: str
    phone_sealed: bytes = Field(sa_type=LargeBinary)
    phone_index: bytes = Field(sa_type=LargeBinary)
    personas: list[str] = Field(sa_type=Words)
    granted: list[str] = Field(
        default_factory=list,
        sa_type=Words,
        description="Personas by invitation: a staff sheet does not end them.",
    )
    subject: str | None = None
    homeroom_grade: int | None = None
    homeroom_class: str | None = None
    removed: bool = False
    version: int


class Room(EnrollmentTable, table=True):
    """A place in the school."""

    __table_args__ = (
        UniqueConstraint("school_id", "name"),
        Index("ix_room_version", "school_id", "version"),
    )

    school_id: UUID = Field(primary_key=True, foreign_key="school.school_id")
    room_id: UUID = Field(primary_key=True)
    name: str
    capacity: int
    removed: bool = False
    version: int


class Invitation(EnrollmentTable, table=True):
    """The way in for a school's first officer: one code, once, for a time. Only its hash is kept."""

    __table_args__ = (Index("ix_invitation_code_hash", "code_hash"),)

    school_id: UUID = Field(primary_key=True, foreign_key="school.school_id")
    invitation_id: UUID = Field(primary_key=True)
    code_hash: bytes = Field(sa_type=LargeBinary)
    personas: list[str] = Field(sa_type=Words)
    expires_at: datetime = Field(
        sa_type=Instant, description="Real clock: a code's life is not the domain's."
    )
    used_at: datetime | None = Field(default=None, sa_type=Instant, description="Real clock.")
    used_by: UUID | None = None

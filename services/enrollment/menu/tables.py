"""What a school offers, and what of it is published."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.enrollment.table import EnrollmentTable, LongText, Weekdays
from services.kernel.database.service_table import Instant


class Offering(EnrollmentTable, table=True):
    """Content x teacher x room x times, for some grades of one term.

    ``capacity`` of a basic kind is the size of a group: a full group opens another (R03). Times are the school's
    wall clock, half-open: 17:30 ends one and starts the next.
    """

    __table_args__ = (
        ForeignKeyConstraint(["school_id", "term_id"], ["term.school_id", "term.term_id"]),
        ForeignKeyConstraint(
            ["school_id", "teacher_id"], ["staff.school_id", "staff.staff_id"], name="fk_offering_teacher"
        ),
        ForeignKeyConstraint(
            ["school_id", "room_id"], ["room.school_id", "room.room_id"], name="fk_offering_room"
        ),
        UniqueConstraint("school_id", "term_id", "code"),
        Index("ix_offering_version", "school_id", "version"),
    )

    school_id: UUID = Field(primary_key=True)
    offering_id: UUID = Field(primary_key=True)
    term_id: UUID
    code: str
    title: str
    kind: str = Field(description="A key of the policy's kinds (R20).")
    nature: str = Field(description="A key of the policy's natures (R17).")
    basic: bool = Field(description="The kind refuses no child (R03).")
    subject: str | None = None
    teacher_id: UUID | None = None
    room_id: UUID | None = None
    weekdays: list[int] = Field(sa_type=Weekdays)
    starts: time
    ends: time
    grades: list[int] = Field(sa_type=Weekdays)
    capacity: int
    minimum_size: int = 1
    content: str = Field(default="", sa_type=LongText)
    assessment_no: str | None = None
    fee_fen: int = 0
    state: str = Field(default="draft", description="draft, published or withdrawn.")
    needs_staffing: bool = Field(
        default=False, description="Opened by demand; teacher and room are still missing."
    )
    opened_beside: UUID | None = Field(
        default=None, description="The full group beside which this one was opened."
    )
    version: int


class MenuPublication(EnrollmentTable, table=True):
    """The menu as it was published, for good: what families were shown, and the policy's findings of that day."""

    __table_args__ = (ForeignKeyConstraint(["school_id", "term_id"], ["term.school_id", "term.term_id"]),)

    school_id: UUID = Field(primary_key=True)
    term_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True, description="1, 2, 3 … within the term.")
    published_at: datetime = Field(sa_type=Instant)
    published_by: UUID
    policy_id: str
    menu: list[dict[str, Any]] = Field(sa_type=JSONB)
    findings: list[dict[str, Any]] = Field(sa_type=JSONB)

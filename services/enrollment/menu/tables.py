"""What a school offers, and what of it is published."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.enrollment.table import EnrollmentTable, LongText, Weekdays, Words
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
        ForeignKeyConstraint(
            ["school_id", "partner_id"],
            ["partner.school_id", "partner.partner_id"],
            name="fk_offering_partner",
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
    classes: list[str] | None = Field(
        default=None, sa_type=Words, description="Only these classes, 三年级2班; none: all of its grades."
    )
    by_invitation: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": text("false")},
        description="Only for invited children (R07).",
    )
    by_round: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": text("false")},
        description="Chosen in a round: until one with it is out, nobody can claim it (decision 17).",
    )
    aims: str = Field(default="", sa_type=LongText, sa_column_kwargs={"server_default": ""})
    materials: str = Field(default="", sa_type=LongText, sa_column_kwargs={"server_default": ""})
    partner_id: UUID | None = Field(default=None, description="Who from outside carries it (R21).")
    put_forward_by: UUID | None = Field(default=None, description="The teacher who proposed it (R14).")
    ended_because: str | None = Field(default=None, description="Why the school refused or withdrew it.")
    state: str = Field(default="draft", description="proposed, refused, draft, published or withdrawn.")
    meets_until: date | None = Field(
        default=None, description="Withdrawn, but met until the day before this one."
    )
    needs_staffing: bool = Field(
        default=False, description="Opened by demand; teacher and room are still missing."
    )
    opened_beside: UUID | None = Field(
        default=None, description="The full group beside which this one was opened."
    )
    version: int


class OfferingChange(EnrollmentTable, table=True):
    """What a published offering is to become with the next publication; families see the old until then."""

    __table_args__ = (
        ForeignKeyConstraint(["school_id", "offering_id"], ["offering.school_id", "offering.offering_id"]),
    )

    school_id: UUID = Field(primary_key=True)
    offering_id: UUID = Field(primary_key=True)
    new_values: dict[str, Any] = Field(sa_type=JSONB, description="Column: value, as JSON.")
    changed_by: UUID | None = Field(description="Staff id; none: a menu sheet.")
    changed_at: datetime = Field(sa_type=Instant)


class OfferingInvitation(EnrollmentTable, table=True):
    """A child that an offering by invitation is for (R07)."""

    __table_args__ = (
        ForeignKeyConstraint(["school_id", "offering_id"], ["offering.school_id", "offering.offering_id"]),
        ForeignKeyConstraint(
            ["school_id", "child_id"],
            ["child.school_id", "child.child_id"],
            name="fk_offering_invitation_child",
        ),
    )

    school_id: UUID = Field(primary_key=True)
    offering_id: UUID = Field(primary_key=True)
    child_id: UUID = Field(primary_key=True)
    invited_by: UUID
    invited_at: datetime = Field(sa_type=Instant)


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

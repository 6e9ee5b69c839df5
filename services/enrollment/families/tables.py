"""Children, the people around them, and what is known about both.

What is sensitive (health, priority group) stands in tables of its own.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from services.enrollment.table import EnrollmentTable, Weekdays
from services.kernel.database.service_table import Instant

_OF_CHILD = (["school_id", "child_id"], ["child.school_id", "child.child_id"])


class Child(EnrollmentTable, table=True):
    """A child of a school, known by its student number."""

    __table_args__ = (
        UniqueConstraint("school_id", "student_no"),
        Index("ix_child_version", "school_id", "version"),
        Index("ix_child_class", "school_id", "grade", "class_name"),
    )

    school_id: UUID = Field(primary_key=True, foreign_key="school.school_id")
    child_id: UUID = Field(primary_key=True)
    student_no: str
    name: str
    pinyin: str = Field(description="For sorting: the database sorts Han by code point.")
    initials: str
    sex: str | None = Field(default=None, description="boy or girl.")
    grade: int
    class_name: str
    boarder: bool = False
    agreed_number: int | None = Field(
        default=None, description="The agreement's version a guardian signed (R29)."
    )
    removed: bool = False
    version: int


class ChildHealth(EnrollmentTable, table=True):
    """A health note, as the school wrote it down: text, also where it begins like a formula."""

    __table_args__ = (ForeignKeyConstraint(*_OF_CHILD),)

    school_id: UUID = Field(primary_key=True)
    child_id: UUID = Field(primary_key=True)
    note: str
    recorded_at: datetime = Field(sa_type=Instant)


class ChildPriority(EnrollmentTable, table=True):
    """A priority group (R06): seen by the enrolment officer only."""

    __table_args__ = (ForeignKeyConstraint(*_OF_CHILD),)

    school_id: UUID = Field(primary_key=True)
    child_id: UUID = Field(primary_key=True)
    group_name: str = Field(primary_key=True)
    recorded_at: datetime = Field(sa_type=Instant)


class Guardian(EnrollmentTable, table=True):
    """A guardian as one school knows one: by phone. The same person at another school is another row."""

    __table_args__ = (
        UniqueConstraint("school_id", "phone_index"),
        Index("ix_guardian_phone_index", "phone_index"),
        Index("ix_guardian_version", "school_id", "version"),
    )

    school_id: UUID = Field(primary_key=True, foreign_key="school.school_id")
    guardian_id: UUID = Field(primary_key=True)
    name: str
    phone_sealed: bytes = Field(sa_type=LargeBinary)
    phone_index: bytes = Field(sa_type=LargeBinary)
    removed: bool = False
    version: int


class Guardianship(EnrollmentTable, table=True):
    """Who a guardian is to a child, and what the guardian may do for it. ``rank`` 1 is called first."""

    __table_args__ = (
        ForeignKeyConstraint(*_OF_CHILD),
        ForeignKeyConstraint(
            ["school_id", "guardian_id"],
            ["guardian.school_id", "guardian.guardian_id"],
            name="fk_guardianship_guardian",
        ),
        Index("ix_guardianship_guardian", "school_id", "guardian_id"),
        Index("ix_guardianship_version", "school_id", "version"),
    )

    school_id: UUID = Field(primary_key=True)
    child_id: UUID = Field(primary_key=True)
    guardian_id: UUID = Field(primary_key=True)
    relation: str
    rank: int
    may_choose: bool = True
    may_sign: bool = True
    may_collect: bool = True
    is_told: bool = True
    from_sheet: bool = Field(
        default=True,
        sa_column_kwargs={"server_default": "true"},
        description="Named by the school's sheet, so that the sheet may also end it.",
    )
    removed: bool = False
    version: int


class Collector(EnrollmentTable, table=True):
    """An adult who may collect a child on certain weekdays of a certain time; both days are in it."""

    __table_args__ = (
        ForeignKeyConstraint(*_OF_CHILD),
        UniqueConstraint("school_id", "child_id", "name", "phone_index"),
        Index("ix_collector_version", "school_id", "version"),
    )

    school_id: UUID = Field(primary_key=True)
    collector_id: UUID = Field(primary_key=True)
    child_id: UUID
    name: str
    relation: str
    phone_sealed: bytes = Field(sa_type=LargeBinary)
    phone_index: bytes = Field(sa_type=LargeBinary)
    born_year: int | None = None
    valid_from: date
    valid_until: date
    weekdays: list[int] = Field(sa_type=Weekdays)
    named_by: UUID | None = Field(
        default=None, description="The guardian who did it; none: the school's sheet."
    )
    named_at: datetime | None = Field(default=None, sa_type=Instant)
    removed: bool = False
    version: int


class CollectorPhoto(EnrollmentTable, table=True):
    """A photo of a collector, where the family gave one; seen by who hands the child over."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "collector_id"], ["collector.school_id", "collector.collector_id"]
        ),
    )

    school_id: UUID = Field(primary_key=True)
    collector_id: UUID = Field(primary_key=True)
    media_type: str
    photo: bytes = Field(sa_type=LargeBinary)
    given_at: datetime = Field(sa_type=Instant)


class BlockedPerson(EnrollmentTable, table=True):
    """Somebody who must not collect a child, and the order it rests on."""

    __table_args__ = (
        ForeignKeyConstraint(*_OF_CHILD),
        UniqueConstraint("school_id", "child_id", "name"),
        Index("ix_blocked_person_version", "school_id", "version"),
    )

    school_id: UUID = Field(primary_key=True)
    blocked_id: UUID = Field(primary_key=True)
    child_id: UUID
    name: str
    phone_index: bytes | None = Field(
        default=None,
        sa_type=LargeBinary,
        description="Where a phone is known: to recognise it, not to read it.",
    )
    reason: str
    order_no: str
    recorded_by: UUID | None = Field(default=None, description="Staff id; none: the school's sheet.")
    recorded_at: datetime | None = Field(default=None, sa_type=Instant)
    removed: bool = False
    removed_because: str | None = None
    version: int


class SelfReleasePermission(EnrollmentTable, table=True):
    """A child who may go home by itself from a day on, and what that rests on."""

    __table_args__ = (
        ForeignKeyConstraint(*_OF_CHILD),
        Index("ix_self_release_permission_version", "school_id", "version"),
    )

    school_id: UUID = Field(primary_key=True)
    child_id: UUID = Field(primary_key=True)
    basis: str
    valid_from: date
    removed: bool = False
    version: int


class GuardianshipRequest(EnrollmentTable, table=True):
    """Somebody whose phone is not on file says to be a child's guardian; an officer decides."""

    __table_args__ = (Index("ix_guardianship_request_open", "school_id", "state", "request_id"),)

    school_id: UUID = Field(primary_key=True, foreign_key="school.school_id")
    request_id: UUID = Field(primary_key=True)
    account_id: UUID
    name: str
    phone_sealed: bytes = Field(sa_type=LargeBinary)
    phone_index: bytes = Field(sa_type=LargeBinary)
    child_name: str
    grade: int | None = None
    class_name: str | None = None
    relation: str
    state: str = Field(default="open", description="open, approved or refused.")
    asked_at: datetime = Field(sa_type=Instant)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decided_by: UUID | None = None
    child_id: UUID | None = None
    reason: str | None = None


class ChildMove(EnrollmentTable, table=True):
    """A child came to the school or left it, from a day on."""

    __table_args__ = (
        ForeignKeyConstraint(*_OF_CHILD),
        Index("ix_child_move_child", "school_id", "child_id"),
        Index("ix_child_move_effective", "school_id", "effective_on"),
    )

    school_id: UUID = Field(primary_key=True)
    move_id: UUID = Field(primary_key=True)
    child_id: UUID
    direction: str = Field(description="in, out or graduated.")
    effective_on: date = Field(description="First day there, or first day no longer there.")
    other_school: str | None = None
    reason: str
    decided_by: UUID = Field(description="Staff id.")
    decided_at: datetime = Field(sa_type=Instant)
    request_id: UUID | None = Field(
        default=None, description="The family's request on file, where there is one."
    )


class GradePromotion(EnrollmentTable, table=True):
    """All children went up a grade, once for a school year."""

    school_id: UUID = Field(primary_key=True, foreign_key="school.school_id")
    school_year: str = Field(primary_key=True, description="The year that begins, 2027—2028学年.")
    promoted: int
    graduated: int
    forced_because: str | None = Field(default=None, description="Why it was done while a term was running.")
    decided_by: UUID
    decided_at: datetime = Field(sa_type=Instant)


class SensitiveRead(EnrollmentTable, table=True):
    """Who of the staff looked at something that few may see: of whom, when, what."""

    __table_args__ = (Index("ix_sensitive_read_child", "school_id", "child_id"),)

    school_id: UUID = Field(primary_key=True, foreign_key="school.school_id")
    read_id: UUID = Field(primary_key=True)
    child_id: UUID | None = Field(default=None, description="None: a list of the whole school.")
    what: str = Field(description="health, priority, blocked, phone or export: a list as a workbook.")
    staff_id: UUID
    read_at: datetime = Field(sa_type=Instant)

"""Cases of lateness and the steps that were climbed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, UniqueConstraint, Uuid
from sqlmodel import Field

from services.attendance.table import AttendanceTable
from services.kernel.database.service_table import Instant


class LateCase(AttendanceTable, table=True):
    """A child that nobody came for. Opened by a timer, ended only by the child's release."""

    __table_args__ = (UniqueConstraint("school_id", "service_on", "child_id", "turn"),)

    school_id: UUID = Field(primary_key=True)
    service_on: date = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    child_id: UUID
    turn: int
    late_since: datetime = Field(sa_type=Instant)
    next_step: int = Field(default=1, description="Index of the next step of the ladder, from 1.")
    next_step_at: datetime | None = Field(
        sa_type=Instant, description="When it is due, pauses counted in; None: all steps were climbed."
    )
    paused_until: datetime | None = Field(default=None, sa_type=Instant)
    pauses: int = 0
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class LateStep(AttendanceTable, table=True):
    """A step that was climbed: whom it told, and when (append-only). One row per case and step."""

    school_id: UUID = Field(primary_key=True)
    service_on: date = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    step_no: int = Field(primary_key=True)
    audience: str = Field(description="guardians, duty or leader")
    recipients: list[UUID] = Field(sa_type=ARRAY(Uuid))
    urgent: bool
    told_at: datetime = Field(sa_type=Instant)


class LateReceipt(AttendanceTable, table=True):
    """What became of one message of a step (append-only): the notifications service told it."""

    school_id: UUID = Field(primary_key=True)
    service_on: date = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    step_no: int = Field(primary_key=True)
    recipient_id: UUID = Field(primary_key=True)
    outcome: str = Field(description="delivered or failed")
    channel: str | None
    settled_at: datetime = Field(sa_type=Instant)

"""Cases of lateness and the steps that were climbed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Uuid
from sqlmodel import Field

from services.attendance.registry import AttendanceTable

INSTANT = DateTime(timezone=True)


class LateCase(AttendanceTable, table=True):
    """A child that nobody came for. Opened by a timer, ended only by the child's release."""

    school_id: UUID = Field(primary_key=True)
    service_on: date = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    child_id: UUID = Field(index=True)
    turn: int
    late_since: datetime = Field(sa_type=INSTANT)
    next_step: int = Field(default=1, description="Index of the next step of the ladder, from 1.")
    paused_until: datetime | None = Field(default=None, sa_type=INSTANT)
    pauses: int = 0
    ended_at: datetime | None = Field(default=None, sa_type=INSTANT)


class LateStep(AttendanceTable, table=True):
    """A step that was climbed: whom it told, and when (append-only). One row per case and step."""

    school_id: UUID = Field(primary_key=True)
    service_on: date = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    step_no: int = Field(primary_key=True)
    audience: str = Field(description="guardians, duty or leader")
    recipients: list[UUID] = Field(sa_type=ARRAY(Uuid))
    urgent: bool
    told_at: datetime = Field(sa_type=INSTANT)

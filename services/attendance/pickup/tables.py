"""Passes, tries and refusals."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.attendance.table import AttendanceTable
from services.kernel.database.service_table import Instant


class Pass(AttendanceTable, table=True):
    """What a collector shows at the gate: bound to child, day, turn and collector; good for one release.

    The rotating QR carries this row's id, signed; the 6-character code is stored as a keyed hash. Dies with
    use, with the day's end, by re-issue, or when a teacher saw that the person is not the one.
    Siblings have a row each under one code, so that each is released once, also by different teachers.
    """

    __table_args__ = (
        UniqueConstraint("school_id", "service_on", "code_hash", "child_id"),
        Index("pass_by_child", "school_id", "service_on", "child_id"),
    )

    school_id: UUID = Field(primary_key=True)
    service_on: date = Field(primary_key=True)
    pass_id: UUID = Field(primary_key=True)
    child_id: UUID
    turn: int
    collector_id: UUID
    code_hash: bytes = Field(sa_type=LargeBinary)
    state: str = Field(description="live, used, replaced or revoked")
    issued_at: datetime = Field(sa_type=Instant)
    settled_at: datetime | None = Field(default=None, sa_type=Instant)


class CodeTry(AttendanceTable, table=True):
    """Wrong codes counted per child and per phone of a teacher, so that guessing ends."""

    school_id: UUID = Field(primary_key=True)
    service_on: date = Field(primary_key=True)
    subject_id: UUID = Field(primary_key=True, description="The child, or the device that tried.")
    tries: int = 0


class ReleaseRefusal(AttendanceTable, table=True):
    """Somebody asked for a child and did not get it: always a row, with a typed reason (append-only)."""

    school_id: UUID = Field(primary_key=True)
    service_on: date = Field(primary_key=True)
    refusal_id: UUID = Field(primary_key=True)
    child_id: UUID
    pass_id: UUID | None
    collector_id: UUID | None
    actor_id: UUID
    device_id: UUID | None
    reason: str = Field(description="The refusal's slug.")
    problem: dict[str, Any] = Field(sa_type=JSONB, description="What was answered; a retry gets the same.")
    alarming: bool
    occurred_at: datetime = Field(sa_type=Instant)
    recorded_at: datetime = Field(sa_type=Instant)

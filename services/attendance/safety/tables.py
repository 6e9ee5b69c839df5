"""Missing children."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from services.attendance.table import AttendanceTable
from services.kernel.database.service_table import Instant


class MissingCase(AttendanceTable, table=True):
    """A child that was expected, or on its way, and is not there. Only a person clears it, with a reason."""

    __table_args__ = (
        Index(
            "one_open_case_a_child",
            "school_id",
            "service_on",
            "child_id",
            unique=True,
            postgresql_where=text("cleared_at IS NULL"),
        ),
    )

    school_id: UUID = Field(primary_key=True)
    service_on: date = Field(primary_key=True)
    case_id: UUID = Field(primary_key=True)
    child_id: UUID
    turn: int
    session_id: UUID | None
    raised_at: datetime = Field(sa_type=Instant)
    told_at: datetime | None = Field(default=None, sa_type=Instant, description="When the family was told.")
    cleared_at: datetime | None = Field(default=None, sa_type=Instant)
    cleared_by: UUID | None = None
    reason: str | None = None

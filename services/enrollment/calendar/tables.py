"""What a school itself says about single days."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field

from services.enrollment.table import EnrollmentTable
from services.kernel.database.service_table import Instant


class SchoolDayOverride(EnrollmentTable, table=True):
    """A day on which the school differs from the calendar: closed (a snow day), or running as another weekday."""

    school_id: UUID = Field(primary_key=True, foreign_key="school.school_id")
    service_on: date = Field(primary_key=True)
    runs_as: int | None = Field(
        default=None, description="ISO weekday whose timetable is followed; none: closed."
    )
    reason: str
    decided_by: UUID = Field(description="Staff id.")
    decided_at: datetime = Field(sa_type=Instant)

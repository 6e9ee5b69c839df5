"""Figures of closed days, as attendance told them."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field

from services.enrollment.table import EnrollmentTable
from services.kernel.database.service_table import Instant


class ClosedDay(EnrollmentTable, table=True):
    """A school's day that was closed with every child accounted for (R04, R32); what is not here is not reported."""

    school_id: UUID = Field(primary_key=True, foreign_key="school.school_id")
    service_on: date = Field(primary_key=True)
    expected: int
    received: int
    released: int
    absent: int
    excused: int
    late: int
    closed_at: datetime = Field(sa_type=Instant)

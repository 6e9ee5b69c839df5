"""Who from outside carries offerings, and what is on file about them (R21)."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field

from services.enrollment.table import EnrollmentTable
from services.kernel.database.service_table import Instant


class Partner(EnrollmentTable, table=True):
    """A person or institution from outside. Without qualification and check on file nothing it carries is published."""

    school_id: UUID = Field(primary_key=True, foreign_key="school.school_id")
    partner_id: UUID = Field(primary_key=True)
    name: str
    kind: str = Field(description="A key of the policy's partner_kinds.")
    qualification: str | None = Field(default=None, description="What shows that they can, and its number.")
    check_no: str | None = Field(default=None, description="Number of the background check's paper.")
    checked_on: date | None = None
    check_valid_until: date | None = None
    ended: bool = False
    recorded_by: UUID
    recorded_at: datetime = Field(sa_type=Instant)

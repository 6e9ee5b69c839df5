"""What was imported, by whom, with which findings."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.enrollment.table import EnrollmentTable
from services.kernel.database.service_table import Instant


class ImportRun(EnrollmentTable, table=True):
    """A file that was taken; dry runs leave nothing behind."""

    school_id: UUID = Field(primary_key=True, foreign_key="school.school_id")
    run_id: UUID = Field(primary_key=True)
    kind: str
    file_name: str
    file_sha256: bytes = Field(sa_type=LargeBinary)
    taken_at: datetime = Field(sa_type=Instant)
    taken_by: UUID | None = Field(default=None, description="Staff id; none where an operator did it.")
    report: dict[str, Any] = Field(sa_type=JSONB)

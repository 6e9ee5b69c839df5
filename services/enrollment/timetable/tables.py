"""Proposed timetables, until one is adopted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field

from services.enrollment.table import EnrollmentTable
from services.kernel.database.service_table import Instant, Json


class TimetableProposal(EnrollmentTable, table=True):
    """Rooms and hours that were worked out for a set of offerings, and edited since."""

    __table_args__ = (ForeignKeyConstraint(["school_id", "term_id"], ["term.school_id", "term.term_id"]),)

    school_id: UUID = Field(primary_key=True)
    proposal_id: UUID = Field(primary_key=True)
    term_id: UUID
    asked: dict[str, Any] = Field(sa_type=Json, description="What was to be placed, where it may go.")
    plan: list[dict[str, Any]] = Field(sa_type=Json, description="Offering, room, weekdays, hours.")
    unplaced: list[dict[str, Any]] = Field(sa_type=Json, description="What found no place, and why.")
    made_at: datetime = Field(sa_type=Instant)
    made_by: UUID
    changed_at: datetime | None = Field(default=None, sa_type=Instant)
    adopted_at: datetime | None = Field(default=None, sa_type=Instant)

"""Requests of families that staff carried out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from services.enrollment.table import EnrollmentTable, LongText
from services.kernel.database.service_table import Instant, Json


class FamilyRequest(EnrollmentTable, table=True):
    """A guardian asked, a member of staff wrote it down and did it: who, how, in which words, when."""

    __table_args__ = (
        ForeignKeyConstraint(["school_id", "child_id"], ["child.school_id", "child.child_id"]),
        ForeignKeyConstraint(
            ["school_id", "guardian_id"],
            ["guardian.school_id", "guardian.guardian_id"],
            name="fk_family_request_guardian",
        ),
        Index("ix_family_request_child", "school_id", "child_id"),
        Index("ix_family_request_guardian", "school_id", "guardian_id"),
    )

    school_id: UUID = Field(primary_key=True)
    request_id: UUID = Field(primary_key=True)
    child_id: UUID
    guardian_id: UUID = Field(description="Who asked.")
    how: str = Field(description="in_person, phone, message or paper.")
    said: str = Field(sa_type=LongText, description="What was asked, in the family's words.")
    act: dict[str, Any] = Field(sa_type=Json, description="What was done: the act and its facts.")
    staff_id: UUID = Field(description="Who wrote it down.")
    recorded_at: datetime = Field(sa_type=Instant)

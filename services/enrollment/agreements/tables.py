"""The safety agreement (R29): its texts by version, and who signed them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from services.enrollment.table import EnrollmentTable, LongText
from services.kernel.database.service_table import Instant


class AgreementText(EnrollmentTable, table=True):
    """One version of a school's text; the school signs it by issuing it (`AgreementSignature`, side school)."""

    school_id: UUID = Field(primary_key=True, foreign_key="school.school_id")
    number: int = Field(primary_key=True)
    title: str
    body: str = Field(sa_type=LongText)
    sha256: str = Field(description="Of title, a line feed, and body, in UTF-8; hexadecimal.")
    issued_at: datetime = Field(sa_type=Instant)
    version: int


class AgreementSignature(EnrollmentTable, table=True):
    """Somebody signed a version of the text: for the school (no child), or as a guardian for one child."""

    __table_args__ = (
        ForeignKeyConstraint(["school_id", "number"], ["agreement_text.school_id", "agreement_text.number"]),
        Index(
            "uq_agreement_signature_side",
            "school_id",
            "number",
            "side",
            "child_id",
            "signer_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_agreement_signature_child", "school_id", "child_id"),
    )

    school_id: UUID = Field(primary_key=True)
    signature_id: UUID = Field(primary_key=True)
    number: int
    sha256: str = Field(description="Of the text that the signer saw.")
    side: str = Field(description="school or guardian.")
    signer_id: UUID = Field(description="Staff or guardian id.")
    child_id: UUID | None = None
    signed_at: datetime = Field(sa_type=Instant)
    device_id: UUID | None = None
    request_id: UUID | None = Field(
        default=None, description="The request on file, where it was signed on paper and staff recorded it."
    )


class AgreementReminder(EnrollmentTable, table=True):
    """The school reminded those who have not signed. The key *is* the rule: not more than once a school day."""

    __table_args__ = (
        ForeignKeyConstraint(["school_id", "number"], ["agreement_text.school_id", "agreement_text.number"]),
    )

    school_id: UUID = Field(primary_key=True)
    reminded_on: date = Field(primary_key=True)
    reminder_id: UUID
    number: int
    reminded_at: datetime = Field(sa_type=Instant)
    reminded_by: UUID | None = Field(default=None, description="Staff id; none: the platform, by its rhythm.")
    children: int

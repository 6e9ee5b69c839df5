"""Proposals of two families to exchange places."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlmodel import Field

from services.enrollment.table import EnrollmentTable
from services.kernel.database.service_table import Instant


class SwapProposal(EnrollmentTable, table=True):
    """A family would give one place for a place in another offering; whoever holds such a place may take it up."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "place_id"], ["place.school_id", "place.place_id"], name="fk_swap_proposal_place"
        ),
        ForeignKeyConstraint(
            ["school_id", "wants_id"],
            ["offering.school_id", "offering.offering_id"],
            name="fk_swap_proposal_wants",
        ),
        Index(
            "uq_swap_proposal_open",
            "school_id",
            "place_id",
            "wants_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_swap_proposal_wants", "school_id", "wants_id", postgresql_where=text("state = 'open'")),
    )

    school_id: UUID = Field(primary_key=True)
    swap_id: UUID = Field(primary_key=True)
    place_id: UUID = Field(description="The place that is given.")
    gives_id: UUID = Field(description="Its offering.")
    wants_id: UUID = Field(description="The offering that is wanted for it.")
    child_id: UUID
    proposed_by: UUID = Field(description="The guardian.")
    proposed_at: datetime = Field(sa_type=Instant)
    state: str = Field(default="open", description="open, done, withdrawn or moot.")
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    taken_place_id: UUID | None = Field(
        default=None, description="The other family's place that was given for it."
    )
    taken_by: UUID | None = Field(default=None, description="The other family's guardian.")

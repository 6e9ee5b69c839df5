"""Who waits for which offering, and which freed places are held back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlmodel import Field

from services.enrollment.table import EnrollmentTable
from services.kernel.database.service_table import Instant

_OF_OFFERING = (["school_id", "offering_id"], ["offering.school_id", "offering.offering_id"])
LIVE = "state IN ('waiting', 'offered')"


class WaitingEntry(EnrollmentTable, table=True):
    """A child waits for an offering: by tier, then time. An offered entry reserves one place until it expires.

    ``tier`` says something of a priority group: for the officer only (R06).
    """

    __table_args__ = (
        ForeignKeyConstraint(*_OF_OFFERING),
        ForeignKeyConstraint(
            ["school_id", "child_id"], ["child.school_id", "child.child_id"], name="fk_waiting_entry_child"
        ),
        Index(
            "uq_waiting_entry_live",
            "school_id",
            "offering_id",
            "child_id",
            unique=True,
            postgresql_where=text(LIVE),
        ),
        Index(
            "ix_waiting_entry_queue",
            "school_id",
            "offering_id",
            "tier",
            "since",
            "entry_id",
            postgresql_where=text(LIVE),
        ),
        Index("ix_waiting_entry_child", "school_id", "child_id"),
    )

    school_id: UUID = Field(primary_key=True)
    entry_id: UUID = Field(primary_key=True)
    offering_id: UUID
    child_id: UUID
    tier: int
    since: datetime = Field(sa_type=Instant)
    state: str = Field(description="waiting, offered, taken, declined, expired, left or moot.")
    asked_by: UUID = Field(description="The guardian who asked.")
    request_id: UUID | None = Field(
        default=None, description="The request on file, where staff did it (R03)."
    )
    offered_at: datetime | None = Field(default=None, sa_type=Instant)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    place_id: UUID | None = Field(default=None, description="The place that came of it.")
    promoted_by: UUID | None = Field(default=None, description="Staff id, where it was offered out of turn.")
    promoted_because: str | None = None


class HeldBackPlace(EnrollmentTable, table=True):
    """A place that was given up and comes back at one announced time, not at once."""

    __table_args__ = (
        ForeignKeyConstraint(*_OF_OFFERING),
        Index("ix_held_back_place_offering", "school_id", "offering_id", "back_at"),
    )

    school_id: UUID = Field(primary_key=True)
    place_id: UUID = Field(primary_key=True, description="The place that was given up.")
    offering_id: UUID
    back_at: datetime = Field(sa_type=Instant)

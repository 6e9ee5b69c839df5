"""Rounds, and which offerings are chosen in them."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary
from sqlmodel import Field

from services.enrollment.table import EnrollmentTable
from services.kernel.database.service_table import Instant, Json


class Round(EnrollmentTable, table=True):
    """A stretch in which a term's offerings are chosen: by ranked wishes and a draw, or first come, first served.

    What happened to it stands in instants, never in a state that could disagree with them; the rest follows from
    the clock. A preference round's seed is made when the round is announced: its hash is public from then on,
    the seed itself only after the draw.
    """

    __table_args__ = (
        ForeignKeyConstraint(["school_id", "term_id"], ["term.school_id", "term.term_id"]),
        Index("ix_round_term", "school_id", "term_id"),
    )

    school_id: UUID = Field(primary_key=True)
    round_id: UUID = Field(primary_key=True)
    term_id: UUID
    kind: str = Field(description="preference or first_come.")
    title: str
    visible_from: datetime = Field(sa_type=Instant)
    opens_at: datetime = Field(sa_type=Instant)
    closes_at: datetime = Field(sa_type=Instant, description="Half-open: at this instant it is closed.")
    results_at: datetime = Field(sa_type=Instant, description="When results are out; free places go on then.")
    most_clubs: int = Field(description="Most clubs per child and week, those it holds already included.")
    most_wishes: int = Field(default=5, description="Longest list of wishes.")
    frees_at: time | None = Field(
        default=None,
        description="School's wall clock: places given up come back daily at this time; none: at once.",
    )
    seed_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    seed_hash: str | None = Field(default=None, description="SHA-256 of the seed's 32 bytes; hexadecimal.")
    announced_at: datetime = Field(sa_type=Instant)
    announced_by: UUID = Field(description="Staff id.")
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    entries_root: str | None = Field(
        default=None, description="Root over all lists of wishes as they stood at the close; hexadecimal."
    )
    drawn_at: datetime | None = Field(default=None, sa_type=Instant)
    published_at: datetime | None = Field(default=None, sa_type=Instant)
    cancelled_at: datetime | None = Field(default=None, sa_type=Instant)
    cancel_reason: str | None = None


class RoundOffering(EnrollmentTable, table=True):
    """An offering that is chosen in a round; in one round of its term at a time."""

    __table_args__ = (
        ForeignKeyConstraint(["school_id", "round_id"], ["round.school_id", "round.round_id"]),
        ForeignKeyConstraint(
            ["school_id", "offering_id"],
            ["offering.school_id", "offering.offering_id"],
            name="fk_round_offering_offering",
        ),
        Index("ix_round_offering_offering", "school_id", "offering_id"),
    )

    school_id: UUID = Field(primary_key=True)
    round_id: UUID = Field(primary_key=True)
    offering_id: UUID = Field(primary_key=True)


class RoundChange(EnrollmentTable, table=True):
    """What was changed of a round after it was announced: an extension, a correction, its cancellation."""

    __table_args__ = (
        ForeignKeyConstraint(["school_id", "round_id"], ["round.school_id", "round.round_id"]),
        Index("ix_round_change_round", "school_id", "round_id"),
    )

    school_id: UUID = Field(primary_key=True)
    change_id: UUID = Field(primary_key=True)
    round_id: UUID
    reason: str
    was: dict[str, Any] = Field(sa_type=Json, description="Column: value before, as JSON.")
    became: dict[str, Any] = Field(sa_type=Json, description="Column: value since, as JSON.")
    changed_by: UUID = Field(description="Staff id.")
    changed_at: datetime = Field(sa_type=Instant)

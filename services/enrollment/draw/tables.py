"""What a draw took in, in which order it went, and what became of every wish. Kept for good."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field

from services.enrollment.table import EnrollmentTable
from services.enrollment.wishes.tables import Ids
from services.kernel.database.service_table import Instant, Json

_OF_ROUND = (["school_id", "round_id"], ["round.school_id", "round.round_id"])


class Draw(EnrollmentTable, table=True):
    """One round's draw: its whole input, from which everything else can be computed again."""

    __table_args__ = (ForeignKeyConstraint(*_OF_ROUND),)

    school_id: UUID = Field(primary_key=True)
    round_id: UUID = Field(primary_key=True)
    method: str = Field(description="The rule's name and version.")
    seed: str = Field(description="32 bytes, hexadecimal.")
    entries_root: str = Field(description="Root over the lists of wishes; hexadecimal.")
    order_root: str = Field(description="Root over the salted leaves of the order; hexadecimal.")
    book: dict[str, Any] = Field(sa_type=Json, description="The input: clubs, entries, limits.")
    dissolved: list[UUID] = Field(sa_type=Ids, description="Clubs that would not have reached their minimum.")
    summary: dict[str, Any] = Field(sa_type=Json)
    drawn_at: datetime = Field(sa_type=Instant)


class DrawEntry(EnrollmentTable, table=True):
    """A child's place in the order. ``tier`` says something of a priority group: for the officer only (R06)."""

    __table_args__ = (
        ForeignKeyConstraint(*_OF_ROUND),
        ForeignKeyConstraint(
            ["school_id", "child_id"], ["child.school_id", "child.child_id"], name="fk_draw_entry_child"
        ),
    )

    school_id: UUID = Field(primary_key=True)
    round_id: UUID = Field(primary_key=True)
    child_id: UUID = Field(primary_key=True)
    position: int = Field(description="1 is first.")
    tier: int
    missed_first: bool
    lottery: str = Field(description="The lottery number; hexadecimal.")
    salt: str = Field(description="Seals the tier in the proof; hexadecimal.")
    receipt: dict[str, Any] = Field(
        sa_type=Json, description="What its family checks the draw by; says nothing of a tier."
    )


class DrawWish(EnrollmentTable, table=True):
    """What became of one wish."""

    __table_args__ = (ForeignKeyConstraint(*_OF_ROUND),)

    school_id: UUID = Field(primary_key=True)
    round_id: UUID = Field(primary_key=True)
    child_id: UUID = Field(primary_key=True)
    rank: int = Field(primary_key=True, description="1 is the best.")
    offering_id: UUID
    outcome: str = Field(description="given, full, clash, limit, dissolved, apart or unfit.")
    facts: dict[str, Any] = Field(sa_type=Json, description="What the sentence about it needs.")

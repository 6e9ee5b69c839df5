"""Days, sessions, stays, hand-overs and the ledger's entries."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.attendance.table import AttendanceTable
from services.kernel.database.service_table import Instant


class ServiceDay(AttendanceTable, table=True):
    """A school's day of service: laid out, open, closed by a person when it balances."""

    school_id: UUID = Field(primary_key=True)
    service_on: date = Field(primary_key=True)
    state: str = Field(description="open or closed")
    roster_version: int = Field(description="The roster by which it was last laid out.")
    opened_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_by: UUID | None = None


class Session(AttendanceTable, table=True):
    """One meeting of an offering: (school, offering, day, starts_at). Intervals are half-open."""

    __table_args__ = (UniqueConstraint("school_id", "service_on", "offering_id", "starts_at"),)

    school_id: UUID = Field(primary_key=True)
    service_on: date = Field(primary_key=True)
    session_id: UUID = Field(primary_key=True)
    offering_id: UUID
    name: str
    kind: str
    teacher_id: UUID | None
    room_id: UUID | None
    starts_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)


class Expectation(AttendanceTable, table=True):
    """A child expected in a session: laid out from places; a child's day is the union of its rows."""

    __table_args__ = (Index("expectation_by_child", "school_id", "service_on", "child_id"),)

    school_id: UUID = Field(primary_key=True)
    service_on: date = Field(primary_key=True)
    session_id: UUID = Field(primary_key=True)
    child_id: UUID = Field(primary_key=True)


class Stay(AttendanceTable, table=True):
    """A child's stay of a day: where custody stands now, projected from the ledger under the row's lock.

    Law 1 as a constraint: an adult answers for the child exactly while it is in care or in transit.
    """

    __table_args__ = (
        CheckConstraint("(state IN ('in_care', 'in_transit')) = (adult_id IS NOT NULL)", "stay_has_an_adult"),
        # Nothing that a scan changes is in an index, and pages have room: an update stays on its page (HOT).
        {"postgresql_with": {"fillfactor": 50}},
    )

    school_id: UUID = Field(primary_key=True)
    service_on: date = Field(primary_key=True)
    child_id: UUID = Field(primary_key=True)
    turn: int = Field(primary_key=True, default=1)
    state: str = Field(description="expected, in_care, in_transit, released, absent or excused")
    adult_id: UUID | None = Field(default=None, description="Who answers for the child now.")
    room_id: UUID | None = None
    session_id: UUID | None = Field(default=None, description="The session it is in now.")
    hand_over_id: UUID | None = Field(default=None, description="The open offer it is part of, in transit.")
    received: bool = Field(default=False, description="An after-school adult has had it (not only homeroom).")
    walk_in: bool = Field(default=False, description="Nobody expected it; it was taken in all the same.")
    missing: bool = Field(default=False, description="Expected and not there; only a person clears it.")
    due_home_at: datetime = Field(sa_type=Instant, description="When its last session of this turn ends.")
    last_number: int = Field(default=0, description="Number of its newest entry; entries are gap-free.")
    last_at: datetime | None = Field(
        default=None, sa_type=Instant, description="occurred_at of the last move."
    )


class Entry(AttendanceTable, table=True):
    """One line of the ledger. The app's role can neither change nor delete it; partitioned by month.

    ``entry_id`` is made by whoever makes the fact (a phone's scan id), so a retry meets its own row.
    ``occurred_at`` is the device's clock, ``recorded_at`` the domain's when it was written.
    """

    __table_args__ = (
        UniqueConstraint("school_id", "service_on", "child_id", "turn", "number"),
        ForeignKeyConstraint(
            ["school_id", "service_on", "child_id", "turn"],
            ["stay.school_id", "stay.service_on", "stay.child_id", "stay.turn"],
        ),
        {"postgresql_partition_by": "RANGE (service_on)"},
    )

    school_id: UUID = Field(primary_key=True)
    service_on: date = Field(primary_key=True)
    entry_id: UUID = Field(primary_key=True)
    child_id: UUID
    turn: int
    number: int = Field(description="1, 2, 3 … within the stay, in the order of recording.")
    kind: str = Field(
        sa_type=String,
        description="received, moved, released, sighted, missing, found, absent, excused or corrected",
    )
    adult_before: UUID | None
    adult_after: UUID | None
    room_after: UUID | None
    session_id: UUID | None
    hand_over_id: UUID | None
    method: str = Field(description="offer, card, tap, search, pass, code, permission, timer, desk")
    actor_id: UUID | None = Field(description="Who did it; None for a timer.")
    device_id: UUID | None
    collector_id: UUID | None = Field(description="Whom the child was given to.")
    corrects: UUID | None = Field(description="The entry that this one corrects.")
    reason: str | None
    occurred_at: datetime = Field(sa_type=Instant)
    recorded_at: datetime = Field(sa_type=Instant)


class HandOver(AttendanceTable, table=True):
    """Children offered by one adult to another. Until each is accepted, the giver answers for it (law 1)."""

    school_id: UUID = Field(primary_key=True)
    service_on: date = Field(primary_key=True)
    hand_over_id: UUID = Field(primary_key=True)
    giver_id: UUID
    taker_id: UUID | None = Field(description="None: whoever teaches the session.")
    session_id: UUID | None
    room_id: UUID | None
    offered: int
    accepted: int = 0
    taken_back: int = 0
    refused: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=JSONB,
        description="Problems of children that were not offered, by child.",
    )
    offered_at: datetime = Field(sa_type=Instant)
    settled_at: datetime | None = Field(
        default=None, sa_type=Instant, description="The counts agree: accepted + taken back = offered."
    )


class RefusedScan(AttendanceTable, table=True):
    """A scan that was not taken, kept with its reason: it may be what explains a child's day later."""

    school_id: UUID = Field(primary_key=True)
    service_on: date = Field(primary_key=True)
    scan_id: UUID = Field(primary_key=True)
    child_id: UUID | None
    actor_id: UUID
    device_id: UUID | None
    reason: str = Field(description="The refusal's slug.")
    problem: dict[str, Any] = Field(sa_type=JSONB, description="What was answered; a retry gets the same.")
    occurred_at: datetime = Field(sa_type=Instant)
    recorded_at: datetime = Field(sa_type=Instant)

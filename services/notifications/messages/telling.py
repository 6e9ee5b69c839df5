"""A fact turned into something to tell: which kind, about which child, to whom."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.contracts.facts.attendance import (
    ChildLate,
    ChildMissing,
    ChildMoved,
    ChildReceived,
    ChildReleased,
    MissingCleared,
    ReleaseRefused,
)
from services.contracts.wire import Fact


@dataclass(frozen=True)
class Telling:
    """One thing to tell about one child. Without ``recipients`` it goes to all guardians who are told."""

    fact: Fact
    kind: str
    school_id: UUID
    child_id: UUID
    cause_id: UUID
    service_on: date
    recipients: tuple[UUID, ...] | None = None
    step_no: int = 0
    urgent: bool = False
    room_id: UUID | None = None
    adult_id: UUID | None = None
    collector_id: UUID | None = None
    more: dict[str, Any] = field(default_factory=dict)
    """Further facts for the words: manner, reason, minutes."""

    @property
    def at(self) -> datetime:
        """When it happened (domain clock)."""
        return self.fact.at


def tell_received(fact: ChildReceived) -> list[Telling]:
    """To the guardians."""
    return [
        Telling(
            fact, "received", fact.school_id, fact.child_id, fact.entry_id, fact.service_on,
            room_id=fact.room_id, adult_id=fact.adult_id,
        )
    ]  # fmt: skip


def tell_moved(fact: ChildMoved) -> list[Telling]:
    """To the guardians, in schools that wish it."""
    return [
        Telling(
            fact, "moved", fact.school_id, fact.child_id, fact.entry_id, fact.service_on,
            room_id=fact.room_id, adult_id=fact.adult_id,
        )
    ]  # fmt: skip


def tell_released(fact: ChildReleased) -> list[Telling]:
    """To the guardians, also to the one who came: the message is the receipt."""
    return [
        Telling(
            fact, "released", fact.school_id, fact.child_id, fact.entry_id, fact.service_on,
            collector_id=fact.collector_id, more={"manner": fact.manner},
        )
    ]  # fmt: skip


def tell_missing(fact: ChildMissing) -> list[Telling]:
    """To the guardians."""
    return [Telling(fact, "missing", fact.school_id, fact.child_id, fact.case_id, fact.service_on)]


def tell_cleared(fact: MissingCleared) -> list[Telling]:
    """To those who had been told that the child was missing (`tell` finds them)."""
    return [
        Telling(
            fact, "missing_cleared", fact.school_id, fact.child_id, fact.case_id, fact.service_on,
            more={"reason": fact.reason},
        )
    ]  # fmt: skip


def tell_late(fact: ChildLate) -> list[Telling]:
    """To exactly those whom attendance's ladder names."""
    return [
        Telling(
            fact,
            "late" if fact.audience == "guardians" else "late_staff",
            fact.school_id, fact.child_id, fact.case_id, fact.service_on,
            recipients=fact.recipients,
            step_no=fact.step_no,
            urgent=fact.urgent,
            more={"minutes": fact.minutes_late, "urgent": fact.urgent},
        )
    ]  # fmt: skip


def tell_refused(fact: ReleaseRefused) -> list[Telling]:
    """Alarming ones only: to the guardians, and to the leaders."""
    if not fact.alarming:
        return []
    more = {"reason": fact.reason}
    about = (fact.school_id, fact.child_id, fact.refusal_id, fact.service_on)
    told = [Telling(fact, "release_refused", *about, more=more)]
    if fact.leaders:
        told.append(Telling(fact, "release_refused_staff", *about, recipients=fact.leaders, more=more))
    return told


TELLINGS: dict[type[Fact], Any] = {
    ChildReceived: tell_received,
    ChildMoved: tell_moved,
    ChildReleased: tell_released,
    ChildMissing: tell_missing,
    MissingCleared: tell_cleared,
    ChildLate: tell_late,
    ReleaseRefused: tell_refused,
}
"""How each fact is told."""


def tellings_of(fact: Fact) -> list[Telling]:
    """Return what a fact gives to tell."""
    told: list[Telling] = TELLINGS[type(fact)](fact)
    return told

"""What attendance tells, turned into what its people are told."""

from typing import Any

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
from services.notifications.messages.telling import Telling


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


ATTENDANCE: dict[type[Fact], Any] = {
    ChildReceived: tell_received,
    ChildMoved: tell_moved,
    ChildReleased: tell_released,
    ChildMissing: tell_missing,
    MissingCleared: tell_cleared,
    ChildLate: tell_late,
    ReleaseRefused: tell_refused,
}
"""How each fact is told."""

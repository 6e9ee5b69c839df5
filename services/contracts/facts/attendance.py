"""What attendance tells. Ids only: who needs a name pulls it from its owner."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from services.contracts.wire import Fact


class ChildReceived(Fact):
    """A child was received into after-school care: the first adult of the service has it."""

    READERS: ClassVar[tuple[str, ...]] = ("notifications",)
    kind: Literal["attendance.child-received.v1"] = "attendance.child-received.v1"
    school_id: UUID
    entry_id: UUID
    child_id: UUID
    service_on: date
    room_id: UUID | None
    adult_id: UUID


class ChildMoved(Fact):
    """A child passed from one adult to another inside the school (routine; told only where wanted)."""

    READERS: ClassVar[tuple[str, ...]] = ("notifications",)
    kind: Literal["attendance.child-moved.v1"] = "attendance.child-moved.v1"
    school_id: UUID
    entry_id: UUID
    child_id: UUID
    service_on: date
    room_id: UUID | None
    adult_id: UUID


class ChildMissing(Fact):
    """An expected child is not there, and the window for clearing it has passed or a teacher confirmed it."""

    READERS: ClassVar[tuple[str, ...]] = ("notifications",)
    kind: Literal["attendance.child-missing.v1"] = "attendance.child-missing.v1"
    school_id: UUID
    case_id: UUID
    child_id: UUID
    service_on: date
    session_id: UUID | None


class MissingCleared(Fact):
    """A person found out where a missing child is; told to those who had been told that it was missing."""

    READERS: ClassVar[tuple[str, ...]] = ("notifications",)
    kind: Literal["attendance.missing-cleared.v1"] = "attendance.missing-cleared.v1"
    school_id: UUID
    case_id: UUID
    child_id: UUID
    service_on: date
    reason: str


class ChildReleased(Fact):
    """A child left the school's care. ``collector_id`` is the guardian or collector who took it."""

    READERS: ClassVar[tuple[str, ...]] = ("notifications",)
    kind: Literal["attendance.child-released.v1"] = "attendance.child-released.v1"
    school_id: UUID
    entry_id: UUID
    child_id: UUID
    service_on: date
    collector_id: UUID | None
    manner: Literal["collector", "self", "dormitory"]


class ChildLate(Fact):
    """A step of the lateness ladder: nobody came for a child, and these people must hear of it now.

    ``urgent`` steps are worth money (SMS); which channel is the notifications service's matter.
    """

    READERS: ClassVar[tuple[str, ...]] = ("notifications",)
    kind: Literal["attendance.child-late.v1"] = "attendance.child-late.v1"
    school_id: UUID
    case_id: UUID
    step_no: int
    child_id: UUID
    service_on: date
    audience: Literal["guardians", "duty", "leader"]
    recipients: tuple[UUID, ...]
    urgent: bool
    minutes_late: int


class ReleaseRefused(Fact):
    """Somebody asked for a child and was refused; ``alarming`` ones are told to the guardians and the leader."""

    READERS: ClassVar[tuple[str, ...]] = ("notifications",)
    kind: Literal["attendance.release-refused.v1"] = "attendance.release-refused.v1"
    school_id: UUID
    refusal_id: UUID
    child_id: UUID
    service_on: date
    reason: str
    alarming: bool
    leaders: tuple[UUID, ...] = ()


class DayClosed(Fact):
    """A school's day is closed: every child is accounted for."""

    READERS: ClassVar[tuple[str, ...]] = ("enrollment",)
    kind: Literal["attendance.day-closed.v1"] = "attendance.day-closed.v1"
    school_id: UUID
    service_on: date
    expected: int
    received: int
    released: int
    absent: int
    excused: int
    late: int

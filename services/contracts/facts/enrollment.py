"""What enrollment tells."""

from datetime import date, time
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.contracts.wire import Fact

__all__ = [
    "AgreementDue",
    "CareGroupOpened",
    "ClubMoved",
    "CollectorChanged",
    "MenuPublished",
    "OfferLapsed",
    "PlaceGiven",
    "PlaceLost",
    "PlaceOffered",
    "RequestCarriedOut",
    "ResultsOut",
    "RosterChanged",
    "RoundAnnounced",
    "SchoolDayChanged",
]


class RosterChanged(Fact):
    """Something of a school's roster changed; its readers pull ``/internal/roster?since=`` up to ``version``."""

    READERS: ClassVar[tuple[str, ...]] = ("attendance", "notifications")
    kind: Literal["enrollment.roster-changed.v1"] = "enrollment.roster-changed.v1"
    school_id: UUID
    version: int


class _ToFamilies(Fact):
    """Something that families should read; notifications looks the words up in its copy of the roster."""

    READERS: ClassVar[tuple[str, ...]] = ("notifications",)
    school_id: UUID


class RoundAnnounced(_ToFamilies):
    """A round can be seen from now on, or it was cancelled."""

    kind: Literal["enrollment.round-announced.v1"] = "enrollment.round-announced.v1"
    round_id: UUID
    rule: Literal["preference", "first_come"]
    opens_at: AwareDatetime
    closes_at: AwareDatetime
    results_at: AwareDatetime
    cancelled: bool = False


class ResultsOut(_ToFamilies):
    """The results of a preference round are out for one child: how many wishes it had, which clubs it got."""

    kind: Literal["enrollment.results-out.v1"] = "enrollment.results-out.v1"
    round_id: UUID
    child_id: UUID
    wishes: int
    given: tuple[UUID, ...]


class PlaceGiven(_ToFamilies):
    """A child has a place from a day on."""

    kind: Literal["enrollment.place-given.v1"] = "enrollment.place-given.v1"
    child_id: UUID
    place_id: UUID
    offering_id: UUID
    came_by: Literal["claim", "draw", "offer", "swap"]
    from_on: date


class PlaceLost(_ToFamilies):
    """A place ends; ``until_on`` is the first day without it."""

    kind: Literal["enrollment.place-lost.v1"] = "enrollment.place-lost.v1"
    child_id: UUID
    place_id: UUID
    offering_id: UUID
    reason: Literal["given_up", "swapped", "withdrawn", "moved_away"]
    until_on: date


class ClubMoved(_ToFamilies):
    """A club of a child meets at other times from a day on; the child keeps its place. School's wall clock."""

    kind: Literal["enrollment.club-moved.v1"] = "enrollment.club-moved.v1"
    child_id: UUID
    offering_id: UUID
    number: int
    """The menu's number that moved it."""
    from_on: date
    weekdays: list[int]
    starts: time
    ends: time


class PlaceOffered(_ToFamilies):
    """A place is reserved for a child that waited, until ``expires_at`` (domain clock)."""

    kind: Literal["enrollment.place-offered.v1"] = "enrollment.place-offered.v1"
    child_id: UUID
    entry_id: UUID
    offering_id: UUID
    expires_at: AwareDatetime


class OfferLapsed(_ToFamilies):
    """An offer was not taken in time, and the place went on."""

    kind: Literal["enrollment.offer-lapsed.v1"] = "enrollment.offer-lapsed.v1"
    child_id: UUID
    entry_id: UUID
    offering_id: UUID


class SchoolDayChanged(_ToFamilies):
    """A school serves on a day otherwise than its families know: closed, or open by a weekday's timetable."""

    kind: Literal["enrollment.school-day-changed.v1"] = "enrollment.school-day-changed.v1"
    change_id: UUID
    service_on: date
    runs_as: int | None
    """The weekday whose timetable is followed, 1 (Monday) to 7; None: there is no service."""
    reason: Annotated[str, Field(max_length=60)] | None = None
    """The school's own words, or the holiday's name; about the day, never about a person."""


class CareGroupOpened(Fact):
    """The care groups of an hour were full and a further one was opened (R03): ``staff`` should complete it."""

    READERS: ClassVar[tuple[str, ...]] = ("notifications",)
    kind: Literal["enrollment.care-group-opened.v1"] = "enrollment.care-group-opened.v1"
    school_id: UUID
    offering_id: UUID
    grades: tuple[int, ...]
    weekdays: tuple[int, ...]
    starts: time
    ends: time
    """The school's wall clock."""
    children: int
    """How many came into it at once."""
    lacks: tuple[Literal["teacher", "room"], ...]
    staff: tuple[UUID, ...]
    """The officers and leaders on duty of the school."""


class AgreementDue(_ToFamilies):
    """Nobody has signed the agreement in force for a child; ``guardians`` are those who may. One reminder, one id."""

    kind: Literal["enrollment.agreement-due.v1"] = "enrollment.agreement-due.v1"
    reminder_id: UUID
    child_id: UUID
    guardians: tuple[UUID, ...]
    number: int


class CollectorChanged(_ToFamilies):
    """Somebody may collect a child from now on, or no longer: all its guardians should know."""

    kind: Literal["enrollment.collector-changed.v1"] = "enrollment.collector-changed.v1"
    child_id: UUID
    collector_id: UUID
    change: Literal["named", "ended"]


class MenuPublished(_ToFamilies):
    """A school published its menu, or a newer number of it."""

    kind: Literal["enrollment.menu-published.v1"] = "enrollment.menu-published.v1"
    term_id: UUID
    number: int


class RequestCarriedOut(_ToFamilies):
    """Staff did something for a family on its recorded request; the guardian who asked reads that it was done."""

    kind: Literal["enrollment.request-carried-out.v1"] = "enrollment.request-carried-out.v1"
    request_id: UUID
    child_id: UUID
    guardian_id: UUID

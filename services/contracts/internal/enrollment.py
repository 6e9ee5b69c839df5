"""What enrollment answers to its neighbours: the roster by version, and who somebody is by phone.

Only with a service token, never through the gateway. Here names and phones do cross the wire.
"""

from datetime import date, time
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime

from services.contracts.personas import Persona
from services.contracts.wire import Wire


class SchoolEntry(Wire):
    """The school itself, in every page. ``releases_at`` ends lessons, ``work_ends_at`` the local working day."""

    school_id: UUID
    code: str
    name: str
    county: str
    kind: str
    boarding: Literal["none", "some", "all"]
    run_by_id: UUID | None
    releases_at: time
    work_ends_at: time
    agreement_number: int | None
    """The text in force; a child whose ``agreed_number`` is another has not signed it (R29)."""


class TermEntry(Wire):
    """A stretch of service days; both ends are in it."""

    term_id: UUID
    name: str
    kind: Literal["term", "winter_opening", "summer_opening"]
    starts_on: date
    ends_on: date
    days: list["DayEntry"]


class DayEntry(Wire):
    """One day of a term. ``runs_as`` is the weekday whose timetable it follows (1 Monday … 7), None: closed.

    ``certain`` is false where the calendar library does not know the year, or a working weekend's timetable is
    only assumed: the school should look.
    """

    on: date
    kind: Literal["workday", "weekend", "holiday"]
    runs_as: int | None
    certain: bool


class ChildEntry(Wire):
    """A child. ``removed`` ones are told once more, so that a copy can let go of them."""

    child_id: UUID
    student_no: str
    name: str
    pinyin: str
    initials: str
    sex: Literal["boy", "girl"] | None
    grade: int
    class_name: str
    boarder: bool
    agreed_number: int | None
    removed: bool


class StaffEntry(Wire):
    """Somebody who works at the school; a homeroom teacher answers for (``homeroom_grade``, ``homeroom_class``)."""

    staff_id: UUID
    staff_no: str
    name: str
    phone: str
    personas: list[Persona]
    subject: str | None
    homeroom_grade: int | None
    homeroom_class: str | None
    removed: bool


class RoomEntry(Wire):
    """A place in the school."""

    room_id: UUID
    name: str
    capacity: int
    removed: bool


class GuardianEntry(Wire):
    """A guardian as this school knows one."""

    guardian_id: UUID
    name: str
    phone: str
    removed: bool


class GuardianshipEntry(Wire):
    """Who a guardian is to a child; ``rank`` 1 is called first."""

    child_id: UUID
    guardian_id: UUID
    relation: str
    rank: int
    may_choose: bool
    may_sign: bool
    may_collect: bool
    is_told: bool
    removed: bool


class CollectorEntry(Wire):
    """An authorised collector of one child; both days are in it, weekdays 1 (Monday) to 7."""

    collector_id: UUID
    child_id: UUID
    name: str
    relation: str
    phone: str
    born_year: int | None
    valid_from: date
    valid_until: date
    weekdays: list[int]
    removed: bool


class BlockedEntry(Wire):
    """Somebody who must not collect a child."""

    blocked_id: UUID
    child_id: UUID
    name: str
    reason: str
    order_no: str
    removed: bool


class SelfReleaseEntry(Wire):
    """A child who may go home by itself from ``valid_from`` on."""

    child_id: UUID
    basis: str
    valid_from: date
    removed: bool


class OfferingEntry(Wire):
    """A published offering; times are the school's wall clock, half-open.

    A group opened by demand has no teacher or room until the school names them (``needs_staffing``).
    """

    offering_id: UUID
    term_id: UUID
    code: str
    title: str
    kind: str
    basic: bool
    weekdays: list[int]
    starts: time
    ends: time
    grades: list[int]
    capacity: int
    teacher_id: UUID | None
    room_id: UUID | None
    needs_staffing: bool
    removed: bool


class PlaceEntry(Wire):
    """A child is expected in an offering on these weekdays, from ``from_on`` to before ``until_on``."""

    place_id: UUID
    offering_id: UUID
    child_id: UUID
    weekdays: list[int]
    from_on: date
    until_on: date | None


class RosterPage(Wire):
    """Everything of a school that changed after ``since``, up to and including ``version``.

    A version is never split over two pages, so a reader that applies a page in one transaction always holds a
    state that really was. Ask again with ``since=version`` while ``more``. Each row stands in its newest state.
    """

    school: SchoolEntry
    since: int
    version: int
    more: bool
    terms: list[TermEntry]
    children: list[ChildEntry]
    staff: list[StaffEntry]
    rooms: list[RoomEntry]
    guardians: list[GuardianEntry]
    guardianships: list[GuardianshipEntry]
    collectors: list[CollectorEntry]
    blocked: list[BlockedEntry]
    self_release: list[SelfReleaseEntry]
    offerings: list[OfferingEntry]
    places: list[PlaceEntry]


class SchoolList(Wire):
    """The schools of the platform, by code."""

    schools: list[SchoolEntry]


class PhoneIn(Wire):
    """A phone whose owner was verified: 11 digits."""

    phone: str


class PersonFound(Wire):
    """Somebody in one school under one persona."""

    school_id: UUID
    person_id: UUID
    persona: Persona


class PeopleFound(Wire):
    """Everybody that a phone stands for, in all schools; empty where it is not on file."""

    people: list[PersonFound]


class InvitationIn(Wire):
    """Somebody takes up an invitation with a verified phone."""

    code: str
    name: str
    phone: str
    account_id: UUID


class GuardianshipRequestIn(Wire):
    """Somebody whose phone is not on file says to be a child's guardian."""

    request_id: UUID
    account_id: UUID
    school_id: UUID
    name: str
    phone: str
    relation: str
    child_name: str
    grade: int | None = None
    class_name: str | None = None


class GuardianshipRequestOut(Wire):
    """The request and what became of it."""

    request_id: UUID
    school_id: UUID
    state: Literal["open", "approved", "refused"]
    asked_at: AwareDatetime
    reason: str | None

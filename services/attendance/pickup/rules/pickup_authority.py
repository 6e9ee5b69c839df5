"""Is this person authorised to take this child on this day?"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class Objection(StrEnum):
    """Why not; in the order in which they matter at the gate."""

    BLOCKED = "blocked"
    NO_RIGHT = "no_right"
    NOT_TODAY = "not_today"
    UNDERAGE = "underage"


@dataclass(frozen=True, slots=True)
class Person:
    """A guardian or collector of one child, as the roster has them. ``valid_…`` are school days, inclusive."""

    collector_id: UUID
    name: str
    relation: str
    is_guardian: bool
    may_collect: bool
    birth_year: int | None
    valid_from: date | None
    valid_until: date | None
    weekdays: tuple[int, ...]
    removed: bool = False


@dataclass(frozen=True, slots=True)
class BlockedPerson:
    """Somebody who must never be given the child. The id is the roster's; often only the name is known."""

    blocked_id: UUID
    name: str


def pickup_authority(
    person: Person, blocked: Iterable[BlockedPerson], service_on: date, *, min_age: int
) -> list[Objection]:
    """Return what speaks against giving the child to ``person`` on ``service_on``; empty when nothing does.

    A blocked person is known by id or by the same name: a namesake is refused too, and a leader sorts it out.
    Only the year of birth is on file, so that age objects only where ``person`` is certainly younger.
    No weekdays listed means every day.
    """
    return [
        objection
        for objection, holds in (
            (Objection.BLOCKED, _is_blocked(person, blocked)),
            (Objection.NO_RIGHT, person.removed or not person.may_collect),
            (Objection.NOT_TODAY, not _is_valid_on(person, service_on)),
            (
                Objection.UNDERAGE,
                person.birth_year is not None and service_on.year - person.birth_year < min_age,
            ),
        )
        if holds
    ]


def same_name(one: str, other: str) -> bool:
    """Compare names as people write them: spaces, the dot of a transcribed name, width and case do not count."""
    return _plain(one) == _plain(other)


def _is_blocked(person: Person, blocked: Iterable[BlockedPerson]) -> bool:
    return any(
        each.blocked_id == person.collector_id or same_name(each.name, person.name) for each in blocked
    )


def _is_valid_on(person: Person, service_on: date) -> bool:
    begun = person.valid_from is None or person.valid_from <= service_on
    ended = person.valid_until is not None and person.valid_until < service_on
    return begun and not ended and (not person.weekdays or service_on.isoweekday() in person.weekdays)


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in folded if letter.isalnum())

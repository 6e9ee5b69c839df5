"""Whom may a guardian name to collect a child, and for how long? Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.enrollment.families.errors import CollectorNotAdult, ValidityNotPossible
from services.kernel.problems import Refusal

ADULT_YEARS = 18
MOST_COLLECTORS = 8
"""Live ones of one child: who stands at the gate must still know them apart."""


@dataclass(frozen=True)
class NewCollector:
    """An adult whom a guardian names; both days are in it, ``weekdays`` 1 (Monday) to 7. Name and phone are plain."""

    name: str
    relation: str
    phone: str
    born_year: int
    valid_from: date
    valid_until: date
    weekdays: Sequence[int]


def collector_objection(named: NewCollector, *, today: date) -> Refusal | None:
    """Return what speaks against it: not an adult in the year it begins, over a year, upside down, or over."""
    if named.valid_from.year - named.born_year < ADULT_YEARS:
        return CollectorNotAdult(born_year=named.born_year, years=ADULT_YEARS)
    latest = year_later(named.valid_from)
    if not max(named.valid_from, today) <= named.valid_until <= latest:
        return ValidityNotPossible(latest=latest.isoformat())
    return None


def year_later(day: date) -> date:
    """Return the same day a year later; of 29 February, 28 February; where no calendar goes on, the last day."""
    if day.year == date.max.year:
        return date.max
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)

"""Which days of a term are not as the week has them: closed ones and moved ones. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from services.gateway.public.rules.in_words import DAYS

SATURDAY = 6


class Day(Protocol):
    """A day of the calendar; ``runs_as`` None: closed."""

    on: date
    kind: str
    runs_as: int | None
    certain: bool
    why: str | None


@dataclass(frozen=True)
class Stretch:
    """Days in a row of which the same is to be said."""

    first: date
    last: date
    said: str


def unusual_days(days: Sequence[Day]) -> list[Stretch]:
    """Return holidays, the school's own closed days, and days that follow another weekday, in order.

    A weekend inside a holiday belongs to it; a common weekend is not told.
    """
    found: list[Stretch] = []
    for day in days:
        said = _said(day)
        if said is None:
            continue
        if found and found[-1].said == said and found[-1].last + timedelta(days=1) == day.on:
            found[-1] = Stretch(found[-1].first, day.on, said)
        else:
            found.append(Stretch(day.on, day.on, said))
    return found


def open_workdays(days: Iterable[Day]) -> int:
    """Count the days on which the timetable of a workday is followed."""
    return sum(1 for day in days if day.runs_as is not None and day.runs_as < SATURDAY)


def uncertain_years(days: Iterable[Day]) -> list[int]:
    """Return the years whose holidays are not announced yet."""
    return sorted({day.on.year for day in days if not day.certain and day.on.isoweekday() < SATURDAY})


def _said(day: Day) -> str | None:
    weekday = day.on.isoweekday()
    if day.runs_as is None:
        if day.kind == "weekend" and day.why is None:
            return None
        return f"不开展服务（{day.why}）" if day.why else "不开展服务"
    if day.runs_as == weekday:
        return None
    why = f"（{day.why}）" if day.why else ""
    return f"照常开展，按周{DAYS[day.runs_as - 1]}的安排{why}"

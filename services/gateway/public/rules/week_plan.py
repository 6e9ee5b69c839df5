"""What a menu comes to: from when to when, for whom, on which days, at which price. Pure."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from services.gateway.public.rules.in_words import clock_time, weekdays


class Offered(Protocol):
    """A line of the menu, as far as it is looked at here."""

    title: str
    kind_label: str
    basic: bool
    weekdays: list[int]
    starts: str
    ends: str
    grades: list[int]
    fee_fen: int


Line = TypeVar("Line", bound=Offered)


def by_kind(offerings: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    """Group by kind, the care that takes everybody first."""
    groups: dict[str, list[Line]] = {}
    for one in sorted(offerings, key=lambda one: (not one.basic, one.kind_label, one.starts, one.title)):
        groups.setdefault(one.kind_label, []).append(one)
    return list(groups.items())


def alike(offerings: Iterable[Line], *, but: frozenset[str]) -> list[list[Line]]:
    """Gather lines that say the same ``but`` for some columns: thirty-six groups of one kind are one entry."""
    groups: dict[str, list[Line]] = {}
    for one in offerings:
        told = {name: value for name, value in vars(one).items() if name not in but}
        groups.setdefault(repr(told), []).append(one)
    return list(groups.values())


def service_hours(offerings: Sequence[Offered]) -> list[str]:
    """Say from when to when the school serves on which weekdays."""
    hours: dict[tuple[str, str], list[int]] = {}
    for day in range(1, 8):
        that_day = [one for one in offerings if day in one.weekdays]
        if that_day:
            hours.setdefault(_span(that_day), []).append(day)
    return [f"{weekdays(days)} {starts}–{ends}" for (starts, ends), days in hours.items()]


def week_by_grade(offerings: Sequence[Offered]) -> tuple[list[int], list[tuple[int, list[str]]]]:
    """Return the weekdays on which anything is offered, and per grade the hours of each of them ("" for none)."""
    days = sorted({day for one in offerings for day in one.weekdays})
    grades = sorted({grade for one in offerings for grade in one.grades})
    return days, [(grade, [_hours(offerings, grade, day) for day in days]) for grade in grades]


def fees(offerings: Sequence[Offered]) -> str:
    """Say what it costs."""
    dear = max((one.fee_fen for one in offerings), default=0)
    return "不收费（0 元）。" if dear == 0 else f"部分项目收费，最高 {dear / 100:g} 元，以公布的标准为准。"


def _hours(offerings: Sequence[Offered], grade: int, day: int) -> str:
    some = [one for one in offerings if grade in one.grades and day in one.weekdays]
    return "–".join(_span(some)) if some else ""


def _span(some: Sequence[Offered]) -> tuple[str, str]:
    return clock_time(min(one.starts for one in some)), clock_time(max(one.ends for one in some))

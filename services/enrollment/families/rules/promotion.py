"""Where the children of each class go at the end of a school year. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

SUMMER = (6, 9)
"""Months in which children go up, both in it."""


@dataclass(frozen=True)
class ClassStep:
    """A class and the grade that it goes on to; None: it graduates. The class keeps its name."""

    grade: int
    class_name: str
    children: int
    next_grade: int | None


def class_steps(classes: Iterable[tuple[int, str, int]], grades: Iterable[int]) -> list[ClassStep]:
    """Return a step for each (grade, class, number of children): up to the next grade taught, or out of the last."""
    following = dict(pairwise(sorted(grades)))
    return [
        ClassStep(grade, class_name, children, following.get(grade))
        for grade, class_name, children in sorted(classes, key=lambda one: (one[0], len(one[1]), one[1]))
    ]


def school_year(on: date) -> str:
    """Name the school year that begins after ``on``, or has just begun: ``2027—2028学年``; they begin in September."""
    begins = on.year if on.month >= SUMMER[0] else on.year - 1
    return f"{begins}—{begins + 1}学年"


def in_summer(on: date) -> bool:
    """Whether one school year is over and the next hardly begun."""
    return SUMMER[0] <= on.month <= SUMMER[1]

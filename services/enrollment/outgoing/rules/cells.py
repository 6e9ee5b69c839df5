"""Write values the way schools write them in cells: each is read back by `imports.rules.plain_cells`. Pure."""

from collections.abc import Collection, Sequence
from datetime import time

from services.contracts.personas import Persona
from services.enrollment.imports.rules.school_rows import BOARDING
from services.enrollment.imports.rules.staff_rows import POSTS
from services.enrollment.words import GRADES, WEEKDAYS, grade_label

Cell = str | int | None
"""A text stays a text, whatever it begins with; only counts are numbers."""

SEXES = {"boy": "男", "girl": "女"}


def weekdays_cell(weekdays: Collection[int]) -> str:
    """``一三五``."""
    return "".join(WEEKDAYS[day - 1] for day in sorted(weekdays))


def grades_cell(grades: Sequence[int]) -> str:
    """``1-4`` for a run, else ``1、3``."""
    numbers = sorted(grades)
    if len(numbers) > 1 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{numbers[0]}-{numbers[-1]}"
    return "、".join(str(number) for number in numbers)


def grade_cell(grade: int) -> str:
    """``三年级``."""
    return f"{GRADES[grade - 1]}年级"


def time_cell(moment: time) -> str:
    """``16:30``."""
    return f"{moment:%H:%M}"


def yuan_cell(fen: int) -> Cell:
    """Whole yuan as a number, ``12.50`` as text."""
    return fen // 100 if fen % 100 == 0 else f"{fen / 100:.2f}"


def boarding_cell(boarding: str) -> str:
    """``否``, ``部分`` or ``是``."""
    return next(word for word, meant in BOARDING.items() if word and meant == boarding)


def posts_cell(personas: Collection[str], *, homeroom: bool) -> str:
    """``班主任、值班领导``: only posts that give no more than the personas somebody has."""
    has = set(personas)
    posts = [post for post, gives in POSTS.items() if {one.value for one in gives} <= has]
    if Persona.TEACHER in has:
        posts.remove("任课教师" if homeroom else "班主任")
    return "、".join(posts)


def class_cell(grade: int | None, class_name: str | None) -> str | None:
    """``三年级2班``, or nothing."""
    return None if grade is None else f"{grade_label(grade)}{class_name or ''}"

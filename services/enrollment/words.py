"""How grades, weekdays and instants are said in Chinese."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from services.kernel.clock import SHANGHAI

GRADES = "一二三四五六七八九"
WEEKDAYS = "一二三四五六日"


def grade_label(grade: int) -> str:
    """一年级 … 九年级."""
    return f"{GRADES[grade - 1]}年级"


def grades_text(grades: Sequence[int]) -> str:
    """``一至六年级``, or ``一年级、三年级``."""
    if len(grades) > 2 and list(grades) == list(range(grades[0], grades[-1] + 1)):
        return f"{GRADES[grades[0] - 1]}至{GRADES[grades[-1] - 1]}年级"
    return "、".join(grade_label(grade) for grade in grades)


def weekdays_text(weekdays: Iterable[int]) -> str:
    """``周一、三``; 1 is Monday."""
    return "周" + "、".join(WEEKDAYS[day - 1] for day in sorted(weekdays))


def moment_text(instant: datetime) -> str:
    """``9月1日 20:00`` by the school's wall clock."""
    local = instant.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"

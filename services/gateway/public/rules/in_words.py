"""Days, grades and hours as a school says them."""

from collections.abc import Sequence
from datetime import date, datetime

from services.kernel.clock import SHANGHAI

NUMERALS = "一二三四五六七八九"
DAYS = "一二三四五六日"


def weekdays(days: Sequence[int]) -> str:
    """Say ISO weekdays: ``周一至周五``, ``周一、周三``."""
    if is_run(days):
        return f"周{DAYS[days[0] - 1]}至周{DAYS[days[-1] - 1]}"
    return "、".join(f"周{DAYS[day - 1]}" for day in days)


def grades(numbers: Sequence[int]) -> str:
    """Say grades 1 to 9: ``一至三年级``, ``一、四年级``."""
    if is_run(numbers):
        return f"{NUMERALS[numbers[0] - 1]}至{NUMERALS[numbers[-1] - 1]}年级"
    return "、".join(NUMERALS[number - 1] for number in numbers) + "年级"


def is_run(numbers: Sequence[int]) -> bool:
    """Tell whether three or more numbers follow one another without a gap."""
    return len(numbers) >= 3 and list(numbers) == list(range(numbers[0], numbers[-1] + 1))


def clock_time(text: str) -> str:
    """Show a wall-clock time (``16:30:00``) without its seconds."""
    return text[:5]


def local_day(instant: datetime) -> str:
    """Say the school's day of an instant."""
    return in_chinese(instant.astimezone(SHANGHAI).date())


def in_chinese(day: date) -> str:
    """Say a date."""
    return f"{day.year}年{day.month}月{day.day}日"


def local_moment(instant: datetime) -> str:
    """Say an instant by the school's clock: ``2026年9月1日（周二）20:00``, with seconds where there are any."""
    local = instant.astimezone(SHANGHAI)
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"{in_chinese(local.date())}（周{DAYS[local.weekday()]}）{clock}"


def stretch(first: date, last: date) -> str:
    """Say some days in a row: ``2026年10月1日（周四）至10月7日（周三）``."""
    said = [f"{day.year}年{day.month}月{day.day}日（周{DAYS[day.weekday()]}）" for day in (first, last)]
    if last.year == first.year:
        said[1] = said[1].partition("年")[2]
    return said[0] if first == last else "至".join(said)

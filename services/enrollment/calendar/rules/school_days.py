"""Is a school open on a day, and whose weekday's timetable does it follow? Pure, on the public holiday library."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import chinese_calendar

SATURDAY, SUNDAY = 6, 7
FRIDAY, MONDAY = 5, 1


@dataclass(frozen=True)
class SchoolDay:
    """A day as the calendar sees it; ``runs_as`` None means closed.

    ``certain`` is false for years that the library does not know (it ends with 2026: weekdays are followed, with
    a warning), and for a working weekend, whose timetable only the school can say: Saturday is assumed to run as
    Friday, Sunday as Monday.
    """

    on: date
    kind: Literal["workday", "weekend", "holiday"]
    runs_as: int | None
    certain: bool

    @property
    def warning(self) -> str | None:
        """What the school should be told, in Chinese."""
        if self.certain:
            return None
        if self.on.isoweekday() >= SATURDAY and self.kind == "workday":
            return f"{self.on} 是调休上班日，暂按周{'五' if self.runs_as == FRIDAY else '一'}的课表安排，请学校确认。"
        return f"{self.on.year} 年的放假安排尚未录入，{self.on} 暂按星期安排，请留意通知。"


def school_day_of(on: date) -> SchoolDay:
    """Judge one day."""
    weekday = on.isoweekday()
    try:
        works = chinese_calendar.is_workday(on)
        holiday = chinese_calendar.is_holiday(on) and chinese_calendar.get_holiday_detail(on)[1] is not None
    except NotImplementedError:
        return SchoolDay(on, "weekend" if weekday >= SATURDAY else "workday", weekday, certain=False)
    if works and weekday >= SATURDAY:
        return SchoolDay(on, "workday", FRIDAY if weekday == SATURDAY else MONDAY, certain=False)
    if works:
        return SchoolDay(on, "workday", weekday, certain=True)
    if holiday or weekday < SATURDAY:
        return SchoolDay(on, "holiday", None, certain=True)
    return SchoolDay(on, "weekend", weekday, certain=True)


def school_days(starts_on: date, ends_on: date) -> Iterator[SchoolDay]:
    """Judge every day of a stretch, both ends in it."""
    for offset in range((ends_on - starts_on).days + 1):
        yield school_day_of(starts_on + timedelta(days=offset))

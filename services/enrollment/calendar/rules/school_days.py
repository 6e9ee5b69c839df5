"""Is a school open on a day, and whose weekday's timetable does it follow? Pure.

Three voices, the later one wins: the public holiday library, the county's own list, the school itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

import chinese_calendar

from services.enrollment.policy import CountyDay

SATURDAY, SUNDAY = 6, 7
FRIDAY, MONDAY = 5, 1


@dataclass(frozen=True)
class OwnDay:
    """What a school itself says about a day; ``runs_as`` None: closed."""

    runs_as: int | None
    reason: str


@dataclass(frozen=True)
class Voices:
    """Who says something about single days beside the holiday library."""

    county: Mapping[date, CountyDay] = field(default_factory=dict)
    own: Mapping[date, OwnDay] = field(default_factory=dict)


@dataclass(frozen=True)
class SchoolDay:
    """A day as the calendar sees it; ``runs_as`` None means closed.

    ``certain`` is false for years that the library does not know (it ends with 2026: weekdays are followed, with
    a warning), and for a working weekend, whose timetable only the school can say: Saturday is assumed to run as
    Friday, Sunday as Monday. ``why`` names the holiday, or the school's reason.
    """

    on: date
    kind: Literal["workday", "weekend", "holiday"]
    runs_as: int | None
    certain: bool
    why: str | None = None

    @property
    def warning(self) -> str | None:
        """What the school should be told, in Chinese."""
        if self.certain:
            return None
        if self.on.isoweekday() >= SATURDAY and self.kind == "workday":
            return f"{self.on} 是调休上班日，暂按周{'五' if self.runs_as == FRIDAY else '一'}的课表安排，请学校确认。"
        return f"{self.on.year} 年的放假安排尚未录入，{self.on} 暂按星期安排，请留意通知。"


def school_day_of(on: date, voices: Voices | None = None) -> SchoolDay:
    """Judge one day."""
    voices = voices or Voices()
    county = voices.county.get(on)
    day = (
        _by_library(on)
        if county is None
        else SchoolDay(on, county.kind, county.runs_as, certain=True, why=county.name)
    )
    own = voices.own.get(on)
    return day if own is None else SchoolDay(on, day.kind, own.runs_as, certain=True, why=own.reason)


def school_days(starts_on: date, ends_on: date, voices: Voices | None = None) -> Iterator[SchoolDay]:
    """Judge every day of a stretch, both ends in it."""
    for offset in range((ends_on - starts_on).days + 1):
        yield school_day_of(starts_on + timedelta(days=offset), voices)


def _by_library(on: date) -> SchoolDay:
    weekday = on.isoweekday()
    try:
        works = chinese_calendar.is_workday(on)
        _, holiday = chinese_calendar.get_holiday_detail(on)
    except NotImplementedError:
        return SchoolDay(on, "weekend" if weekday >= SATURDAY else "workday", weekday, certain=False)
    name = chinese_calendar.Holiday(holiday).chinese if holiday is not None else None
    if works and weekday >= SATURDAY:
        runs_as = FRIDAY if weekday == SATURDAY else MONDAY
        return SchoolDay(on, "workday", runs_as, certain=False, why=f"{name}调休" if name else "调休")
    if works:
        return SchoolDay(on, "workday", weekday, certain=True)
    if name is not None or weekday < SATURDAY:
        return SchoolDay(on, "holiday", None, certain=True, why=name)
    return SchoolDay(on, "weekend", weekday, certain=True)

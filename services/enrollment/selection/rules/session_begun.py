"""Has today's session of a place begun? Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time

from services.kernel.clock import at_school_time, school_day


@dataclass(frozen=True, slots=True)
class Meeting:
    """When a place takes its child: weekdays of the timetable, from a day to before another, at a time."""

    from_on: date
    until_on: date | None
    weekdays: tuple[int, ...]
    starts: time


def has_begun(meeting: Meeting, *, runs_as: int | None, now: datetime) -> bool:
    """Whether the child is expected today and the hour has struck.

    ``runs_as`` is the weekday whose timetable today follows; None: the school is closed.
    """
    today = school_day(now)
    return (
        runs_as in meeting.weekdays
        and meeting.from_on <= today
        and (meeting.until_on is None or today < meeting.until_on)
        and now >= at_school_time(today, meeting.starts)
    )

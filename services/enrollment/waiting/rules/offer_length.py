"""How long is an offered place reserved, and when does a place that was given up come back? Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from services.enrollment.policy import Offers
from services.kernel.clock import at_school_time, school_day

FIRST_WEEK_DAYS = 7


def expires_at(
    offered_at: datetime, *, term_starts_on: date, next_meeting: datetime | None, offers: Offers
) -> datetime:
    """Return the instant from which on the offer cannot be taken any more.

    Normally ``hold_hours``; where the offering meets before, until then, so that the seat is not empty for
    nothing, but never less than ``least_hours``. In the first seven days of the term, when everybody is choosing and
    the clubs meet already, ``first_week_minutes``, none of which is at night; before the term there is time.
    """
    days_of_term = (school_day(offered_at) - term_starts_on).days
    if 0 <= days_of_term < FIRST_WEEK_DAYS:
        return _after_night(offered_at, offers) + timedelta(minutes=offers.first_week_minutes)
    longest = offered_at + timedelta(hours=offers.hold_hours)
    least = offered_at + timedelta(hours=offers.least_hours)
    return longest if next_meeting is None else max(min(longest, next_meeting), least)


def _after_night(offered_at: datetime, offers: Offers) -> datetime:
    """Return the instant itself, or the next morning where the short offer would run into the night."""
    wakes_at = at_school_time(school_day(offered_at), offers.quiet_until)
    sleeps_at = at_school_time(school_day(offered_at), offers.quiet_from)
    if offered_at + timedelta(minutes=offers.first_week_minutes) > sleeps_at:
        return wakes_at + timedelta(days=1)
    return max(offered_at, wakes_at)


def next_meeting(
    days: Iterable[dict[str, Any]], weekdays: Sequence[int], starts: time, *, after: datetime
) -> datetime | None:
    """Return when an offering meets next, by the days of its term (``on``, ``runs_as``); None: not any more."""
    meetings = (
        at_school_time(date.fromisoformat(day["on"]), starts) for day in days if day["runs_as"] in weekdays
    )
    return min((meeting for meeting in meetings if meeting > after), default=None)


def comes_back_at(free_from: datetime, frees_at: time | None) -> datetime:
    """Return when a place that is free from an instant on can be had again.

    With ``frees_at`` (school's wall clock) that is the next such time, else the instant itself.
    """
    if frees_at is None:
        return free_from
    same_day = at_school_time(school_day(free_from), frees_at)
    if same_day >= free_from:
        return same_day
    return at_school_time(school_day(free_from) + timedelta(days=1), frees_at)

"""Which days are open, and whose weekday's timetable they follow."""

from datetime import date

import pytest

from services.enrollment.calendar.rules.school_days import school_day_of, school_days


@pytest.mark.parametrize(
    ("on", "kind", "runs_as", "certain"),
    [
        (date(2026, 11, 23), "workday", 1, True),
        (date(2026, 11, 28), "weekend", 6, True),
        (date(2026, 10, 1), "holiday", None, True),
        (date(2026, 10, 10), "workday", 5, False),
        (date(2027, 1, 4), "workday", 1, False),
        (date(2027, 1, 9), "weekend", 6, False),
    ],
    ids=["monday", "saturday", "national day", "working saturday", "unknown monday", "unknown saturday"],
)
def test_a_day(on: date, kind: str, runs_as: int | None, certain: bool) -> None:  # noqa: FBT001 - a table
    day = school_day_of(on)
    assert (day.kind, day.runs_as, day.certain) == (kind, runs_as, certain)
    assert (day.warning is None) is certain


def test_a_term_has_every_day_once_also_into_a_year_the_library_does_not_know() -> None:
    days = list(school_days(date(2026, 9, 1), date(2027, 1, 22)))
    assert len(days) == 144
    assert [day.on for day in days] == sorted({day.on for day in days})
    assert all(not day.certain for day in days if day.on.year == 2027)

"""Who has the last word about a day, and what the policy says about a term's days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrollment.calendar.rules.school_days import OwnDay, Voices, school_day_of, school_days
from services.enrollment.calendar.rules.term_objections import holiday_opening, menu_late, weekend_owed
from services.enrollment.policy import CountyDay, Policy, read_policy

POLICY: Policy = read_policy()
NEW_YEAR = date(2027, 1, 1)
WORKING_SATURDAY = date(2026, 10, 10)
DAYS = st.dates(date(2026, 9, 1), date(2027, 6, 30))
RUNS_AS = st.one_of(st.none(), st.integers(1, 7))


def county(on: date, *, kind: str = "workday", runs_as: int | None = 3) -> CountyDay:
    return CountyDay.model_validate({"on": on, "kind": kind, "runs_as": runs_as, "name": "县里的安排"})


@given(on=DAYS, told=RUNS_AS, own=RUNS_AS)
def test_the_school_has_the_last_word_and_the_county_the_word_before(
    on: date, told: int | None, own: int | None
) -> None:
    listed = county(on, kind="holiday" if told is None else "workday", runs_as=told)
    day = school_day_of(on, Voices(county={on: listed}))
    assert (day.runs_as, day.certain, day.why) == (told, True, "县里的安排")
    day = school_day_of(on, Voices({on: listed}, {on: OwnDay(own, "大雪停课")}))
    assert (day.runs_as, day.certain, day.why) == (own, True, "大雪停课")


@given(on=DAYS, other=DAYS)
def test_a_word_about_one_day_changes_no_other(on: date, other: date) -> None:
    if on != other:
        assert school_day_of(other, Voices(own={on: OwnDay(None, "停电")})) == school_day_of(other)


def test_new_years_day_of_2027_is_a_holiday_and_the_rest_of_the_year_is_uncertain() -> None:
    voices = Voices(county={day.on: day for day in POLICY.calendar})
    new_year = school_day_of(NEW_YEAR, voices)
    assert (new_year.kind, new_year.runs_as, new_year.why, new_year.warning) == (
        "holiday", None, "元旦", None,
    )  # fmt: skip
    after = school_day_of(date(2027, 1, 4), voices)
    assert not after.certain
    assert "尚未录入" in (after.warning or "")


def test_a_holiday_is_called_by_its_name() -> None:
    assert school_day_of(date(2026, 10, 1)).why == "国庆节"


def test_the_working_saturday_that_the_school_settled_warns_no_more() -> None:
    assert school_day_of(WORKING_SATURDAY).warning is not None
    settled = school_day_of(WORKING_SATURDAY, Voices(own={WORKING_SATURDAY: OwnDay(3, "按周三课表")}))
    assert (settled.runs_as, settled.warning, settled.kind) == (3, None, "workday")


@pytest.mark.parametrize(("kind", "runs_as"), [("holiday", 3), ("workday", None)])
def test_the_countys_file_says_of_an_open_day_which_weekday_it_runs_as(
    kind: str, runs_as: int | None
) -> None:
    with pytest.raises(ValueError, match="runs_as"):
        county(NEW_YEAR, kind=kind, runs_as=runs_as)


@pytest.mark.parametrize(
    ("kind", "starts_on", "length", "enough"),
    [
        ("winter_opening", date(2026, 1, 19), 7, True),
        ("winter_opening", date(2026, 1, 19), 6, False),
        ("winter_opening", date(2026, 2, 16), 7, False),
        ("summer_opening", date(2026, 7, 6), 21, True),
        ("summer_opening", date(2026, 7, 6), 20, False),
        ("term", date(2026, 9, 1), 3, True),
    ],
    ids=["a week", "six days", "a week in spring festival", "three weeks", "a day short", "a term"],
)
def test_a_holiday_opening_lasts_its_weeks(kind: str, starts_on: date, length: int, enough: bool) -> None:  # noqa: FBT001 - a table
    days = list(school_days(starts_on, starts_on + timedelta(days=length - 1)))
    found = list(holiday_opening(kind, days, POLICY))
    assert [(one.rule, one.force) for one in found] == ([] if enough else [("R13", "must")])


def test_another_jurisdiction_opens_longer() -> None:
    longer = POLICY.model_copy(update={"winter_open_weeks": 2})
    days = list(school_days(date(2026, 1, 19), date(2026, 1, 25)))
    (found,) = holiday_opening("winter_opening", days, longer)
    assert "2 周" in found.sentence


def test_a_week_with_a_working_saturday_owes_no_weekend_day() -> None:
    golden_week_over = list(school_days(date(2026, 10, 5), date(2026, 10, 11)))
    assert list(weekend_owed(golden_week_over, {1, 2, 3, 4, 5})) == []


def test_a_week_without_a_weekend_day_is_named() -> None:
    weeks = list(school_days(date(2026, 11, 23), date(2026, 12, 6)))
    assert list(weekend_owed(weeks, {1, 2, 3, 4, 5, 7})) == []
    (found,) = weekend_owed(weeks, {1, 2, 3, 4, 5})
    assert (found.rule, found.force) == ("R08", "should")
    assert "有 2 周" in found.sentence
    assert "11-23" in found.sentence


def test_the_weekend_day_that_snow_took_is_owed() -> None:
    saturday = date(2026, 11, 28)
    days = list(
        school_days(date(2026, 11, 23), date(2026, 11, 29), Voices(own={saturday: OwnDay(None, "雪")}))
    )
    assert [one.code for one in weekend_owed(days, {1, 6})] == ["weekend_owed"]


def test_the_menu_comes_before_the_term() -> None:
    begins = date(2026, 9, 1)
    assert list(menu_late(begins, begins - timedelta(days=1))) == []
    assert [(one.rule, one.force) for one in menu_late(begins, begins)] == [("R14", "should")]

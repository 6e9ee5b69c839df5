"""How long an offer stands, when a freed place comes back, and in which order children come."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.enrollment.families.priority_tier import tier
from services.enrollment.policy import Offers, Policy
from services.enrollment.waiting.rules.offer_length import comes_back_at, expires_at, next_meeting
from services.kernel.clock import SHANGHAI, at_school_time, school_day

TERM = date(2026, 9, 1)
OFFERS = Offers(
    hold_hours=48, least_hours=6, first_week_minutes=30, quiet_from=time(22, 0), quiet_until=time(7, 0)
)
MONDAY = date(2026, 11, 23)
INSTANTS = st.datetimes(datetime(2026, 9, 9), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given a zone


def until(offered_at: datetime, meets_at: datetime | None = None) -> datetime:
    return expires_at(offered_at, term_starts_on=TERM, next_meeting=meets_at, offers=OFFERS)


def test_an_offer_normally_stands_for_two_days() -> None:
    noon = at_school_time(MONDAY, time(12, 0))
    assert until(noon) == noon + timedelta(hours=48)


def test_an_offer_ends_when_the_club_meets_so_that_no_seat_stays_empty() -> None:
    offered = at_school_time(MONDAY, time(20, 0))
    meets = at_school_time(MONDAY + timedelta(days=1), time(17, 30))
    assert until(offered, meets) == meets


def test_however_soon_the_club_meets_a_family_has_six_hours() -> None:
    offered = at_school_time(MONDAY, time(17, 0))
    assert until(offered, at_school_time(MONDAY, time(17, 30))) == offered + timedelta(hours=6)


def test_in_the_first_week_of_term_an_offer_stands_for_half_an_hour() -> None:
    last_evening = at_school_time(TERM + timedelta(days=6), time(20, 0))
    assert until(last_evening) == last_evening + timedelta(minutes=30)
    next_day = last_evening + timedelta(days=1)
    assert until(next_day) == next_day + timedelta(hours=48)


def test_before_the_term_an_offer_stands_for_two_days_and_from_its_first_day_on_for_half_an_hour() -> None:
    eve = at_school_time(TERM - timedelta(days=1), time(23, 59, 59))
    assert until(eve) == eve + timedelta(hours=48)
    assert until(eve + timedelta(seconds=1)) == at_school_time(TERM, time(7, 30))
    month_before = at_school_time(TERM - timedelta(days=30), time(12, 0))
    assert until(month_before) == month_before + timedelta(hours=48)


def test_nobody_loses_its_turn_asleep() -> None:
    morning = at_school_time(TERM + timedelta(days=2), time(7, 30))
    for offered in (time(21, 45), time(23, 59)):
        assert until(at_school_time(TERM + timedelta(days=1), offered)) == morning
    assert until(at_school_time(TERM + timedelta(days=2), time(2, 0))) == morning
    assert until(at_school_time(TERM + timedelta(days=2), time(21, 30))) == at_school_time(
        TERM + timedelta(days=2), time(22, 0)
    )


@given(offered=INSTANTS, hours=st.none() | st.integers(1, 200))
def test_after_the_first_week_an_offer_stands_for_six_to_forty_eight_hours(
    offered: datetime, hours: int | None
) -> None:
    meets = None if hours is None else offered + timedelta(hours=hours)
    assert timedelta(hours=6) <= until(offered, meets) - offered <= timedelta(hours=48)


def test_the_next_meeting_follows_the_terms_days_and_not_the_week() -> None:
    days: list[dict[str, Any]] = [
        {"on": "2026-11-23", "runs_as": 1},
        {"on": "2026-11-30", "runs_as": None},
        {"on": "2026-12-05", "runs_as": 1},
    ]
    after = at_school_time(MONDAY, time(17, 30))
    assert next_meeting(days, [1], time(17, 30), after=after) == at_school_time(
        date(2026, 12, 5), time(17, 30)
    )
    assert next_meeting(days, [2], time(17, 30), after=after) is None


def test_a_place_given_up_comes_back_at_once_unless_the_round_names_a_time() -> None:
    morning, evening = at_school_time(MONDAY, time(9, 0)), at_school_time(MONDAY, time(20, 0))
    assert comes_back_at(morning, None) == morning
    assert comes_back_at(morning, time(12, 0)) == at_school_time(MONDAY, time(12, 0))
    assert comes_back_at(evening, time(12, 0)) == at_school_time(MONDAY + timedelta(days=1), time(12, 0))


@given(freed=INSTANTS, frees_at=st.times())
def test_a_place_comes_back_within_a_day_at_the_announced_time(freed: datetime, frees_at: time) -> None:
    back = comes_back_at(freed, frees_at)
    assert timedelta() <= back - freed < timedelta(days=1)
    assert back.astimezone(SHANGHAI).time() == frees_at
    assert school_day(back) >= school_day(freed)


def test_the_policys_groups_come_first_then_primary_pupils_then_everybody(policy: Policy) -> None:
    assert tier(8, ["留守儿童"], draw=policy.draw) == 0
    assert tier(1, ["残疾儿童"], draw=policy.draw) == 0
    assert tier(6, [], draw=policy.draw) == 1
    assert tier(7, [], draw=policy.draw) == 2
    assert tier(7, ["一个政策里没有的类别"], draw=policy.draw) == 2


def test_a_misspelt_group_in_the_policy_is_noticed(policy: Policy) -> None:
    told = policy.model_dump()
    told["draw"]["tiers"] = [["留守儿同"]]
    with pytest.raises(ValidationError, match="留守儿同"):
        Policy.model_validate(told)

"""What stands against a further club, for any week a child may have."""

from datetime import date, time, timedelta
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from services.enrollment.selection.errors import ChildBusy, MostClubsHeld, PlaceHeld
from services.enrollment.selection.rules.claim_objection import Held, Wanted, claim_objection
from services.enrollment.selection.rules.session_begun import Meeting, has_begun
from services.kernel.clock import at_school_time

MONDAY = date(2026, 11, 23)
DAYS = st.integers(0, 60).map(lambda days: MONDAY + timedelta(days=days))
WEEKDAYS = st.sets(st.integers(1, 5), min_size=1).map(lambda days: tuple(sorted(days)))
HOURS = st.tuples(st.integers(14, 18), st.integers(1, 2)).map(
    lambda told: (time(told[0], 30), time(told[0] + told[1], 30))
)


def club(number: int, hours: tuple[time, time], weekdays: tuple[int, ...], days: tuple[date, date]) -> Held:
    first, last = sorted(days)
    return Held(
        UUID(int=100 + number),
        UUID(int=number),
        f"社团{number}",
        weekdays,
        *hours,
        first,
        last + timedelta(1),
    )


HELD = st.lists(st.builds(club, st.integers(1, 6), HOURS, WEEKDAYS, st.tuples(DAYS, DAYS)), max_size=6)
WANTED = st.builds(
    lambda number, weekdays, hours, last: Wanted(
        UUID(int=number), f"社团{number}", weekdays, hours[0], hours[1], max(last, MONDAY)
    ),
    st.integers(1, 8),
    WEEKDAYS,
    HOURS,
    DAYS,
)


def together(wanted: Wanted, held: Held, since: date) -> bool:
    """Slowly: is there a day on which the child would have to be in both?"""
    day, both = since, False
    while day <= wanted.last_on:
        both |= (
            held.from_on <= day < held.until_on
            and any(weekday in held.weekdays for weekday in wanted.weekdays)
            and max(held.starts, wanted.starts) < min(held.ends, wanted.ends)
        )
        day += timedelta(days=1)
    return both


@given(WANTED, HELD, DAYS, st.integers(1, 4) | st.none())
def test_a_child_is_never_in_two_rooms_and_never_has_more_clubs_than_it_may(
    wanted: Wanted, held: list[Held], since: date, most: int | None
) -> None:
    assume(since <= wanted.last_on)
    objection = claim_objection(wanted, held, since=since, most_clubs=most)
    clashes = any(together(wanted, one, since) for one in held)
    beside = {one.offering_id for one in held if one.until_on > since and one.from_on <= wanted.last_on}
    if objection is None:
        assert not clashes
        assert wanted.offering_id not in beside
        assert most is None or len(beside) < most
    elif isinstance(objection, PlaceHeld):
        assert wanted.offering_id in beside
    elif isinstance(objection, ChildBusy):
        assert clashes
    else:
        assert isinstance(objection, MostClubsHeld)
        assert most is not None
        assert len(beside) >= most


@given(st.times(), st.integers(1, 7) | st.none(), WEEKDAYS)
def test_a_session_has_begun_only_on_its_day_and_from_its_hour_on(
    clock: time, runs_as: int | None, weekdays: tuple[int, ...]
) -> None:
    meeting = Meeting(MONDAY, None, weekdays, time(17, 30))
    begun = has_begun(meeting, runs_as=runs_as, now=at_school_time(MONDAY, clock))
    assert begun == (runs_as in weekdays and clock >= time(17, 30))

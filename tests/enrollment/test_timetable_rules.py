"""A proposed timetable: everything that can be placed is, nobody is in two places, and what is not placed says why."""

from collections.abc import Iterator, Sequence
from datetime import time
from itertools import combinations, product
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.enrollment.timetable.rules.blockers import unplaced
from services.enrollment.timetable.rules.first_fit import first_fit
from services.enrollment.timetable.rules.open_options import line_for
from services.enrollment.timetable.rules.plan_objections import plan_objections
from services.enrollment.timetable.rules.question import (
    Away,
    Line,
    Question,
    RoomFacts,
    Slot,
    Taken,
    Wanted,
    covers,
)
from services.enrollment.timetable.work_out_plan import solve_plan

EARLY, MIDDLE, LATE = time(16, 30), time(17, 0), time(17, 30)
ROOMS = {UUID(int=n): RoomFacts(name=f"{n}号教室", capacity=30) for n in (1, 2)}
TEACHERS = {UUID(int=n): f"周老师{n}" for n in (11, 12)}


def wanted(number: int, **told: object) -> Wanted:
    plain = {
        "offering_id": UUID(int=100 + number),
        "code": f"K{number}",
        "title": "合唱",
        "teacher_id": UUID(int=11),
        "grades": (3,),
        "size": 30,
        "minutes": 60,
        "times_per_week": 1,
        "rooms": tuple(ROOMS),
        "slots": (Slot(weekday=1, starts=EARLY),),
    }
    return Wanted.model_validate(plain | told)


def taken(number: int, **told: object) -> Taken:
    line = {
        "offering_id": UUID(int=200 + number),
        "room_id": UUID(int=1),
        "weekdays": (1,),
        "starts": EARLY,
        "ends": LATE,
    }
    plain = {"code": f"B{number}", "title": "托管", "teacher_id": None, "grades": (3,)}
    return Taken.model_validate(plain | {"line": line | told})


def question(*some: Wanted, stays: Sequence[Taken] = (), away: Sequence[Away] = ()) -> Question:
    return Question(
        wanted=some,
        taken=tuple(stays),
        away=tuple(away),
        rooms=ROOMS,
        teachers=TEACHERS,
    )


slots = st.lists(
    st.builds(Slot, weekday=st.sampled_from([1, 2]), starts=st.sampled_from([EARLY, MIDDLE, LATE])),
    min_size=1,
    max_size=4,
    unique=True,
)


@st.composite
def small_questions(draw: st.DrawFn) -> Question:
    """Up to three offerings, two rooms, two teachers, two days, three hours that overlap."""
    some = [
        wanted(
            number,
            teacher_id=draw(st.sampled_from(list(TEACHERS))),
            rooms=tuple(draw(st.sets(st.sampled_from(list(ROOMS))))),
            slots=tuple(draw(slots)),
            minutes=draw(st.sampled_from([30, 60])),
            times_per_week=draw(st.sampled_from([1, 1, 2])),
        )
        for number in range(draw(st.integers(1, 3)))
    ]
    stays = [taken(1, starts=draw(st.sampled_from([EARLY, LATE])), ends=time(18, 0))]
    away = [Away(teacher_id=UUID(int=12), weekday=2, starts=EARLY, ends=MIDDLE)]
    return question(*some, stays=draw(st.sampled_from([[], stays])), away=draw(st.sampled_from([[], away])))


def every_line(asked: Question, one: Wanted) -> Iterator[Line | None]:
    """Everything that an offering could be given, and nothing."""
    yield None
    for room in one.rooms:
        for chosen in combinations(one.slots, one.times_per_week):
            if len({slot.starts for slot in chosen}) == 1:
                yield line_for(one, room, chosen)


def allowed(asked: Question, lines: Sequence[Line]) -> bool:
    return not [one for one in plan_objections(asked, lines) if one.force == "must"]


def most_by_trying_everything(asked: Question) -> int:
    tries = product(*(list(every_line(asked, one)) for one in asked.wanted))
    plans = ([line for line in tried if line is not None] for tried in tries)
    return max(len(plan) for plan in plans if allowed(asked, plan))


@settings(max_examples=120, deadline=None)
@given(small_questions())
def test_as_much_is_placed_as_trying_everything_could_place(asked: Question) -> None:
    plan = solve_plan(asked)
    assert plan.best
    assert allowed(asked, plan.lines)
    assert len(plan.lines) == most_by_trying_everything(asked)
    assert {one.offering_id for one in unplaced(asked, plan.lines)} == {
        one.offering_id for one in asked.wanted
    } - {line.offering_id for line in plan.lines}


@settings(max_examples=150, deadline=None)
@given(small_questions())
def test_even_the_quick_plan_has_nobody_in_two_places(asked: Question) -> None:
    lines = first_fit(asked)
    assert allowed(asked, lines)
    assert {line.offering_id for line in lines} <= {one.offering_id for one in asked.wanted}


def test_without_time_to_search_there_is_a_plan_all_the_same() -> None:
    days = tuple(Slot(weekday=day, starts=EARLY) for day in (1, 2, 3, 4, 5))
    asked = question(*(wanted(n, slots=days) for n in range(5)))
    plan = solve_plan(asked, seconds=0.0)
    assert not plan.best
    assert len(plan.lines) == 5
    assert allowed(asked, plan.lines)


@settings(max_examples=60, deadline=None)
@given(small_questions())
def test_whatever_is_left_out_says_what_is_in_the_way(asked: Question) -> None:
    plan = solve_plan(asked)
    codes = {one.code for one in asked.wanted} | {one.code for one in asked.taken}
    for one in unplaced(asked, plan.lines):
        assert one.blockers
        assert not [blocker for blocker in one.blockers if blocker.why == "not_tried"]
        assert {other for blocker in one.blockers for other in blocker.others} <= codes - {one.code}


def test_two_offerings_of_a_teacher_with_one_hour_in_common_name_each_other() -> None:
    asked = question(wanted(1), wanted(2, title="舞蹈"))
    plan = solve_plan(asked)
    (left,) = unplaced(asked, plan.lines)
    placed = {"K1", "K2"} - {left.code}
    assert [(blocker.why, set(blocker.others)) for blocker in left.blockers] == [
        ("teacher_elsewhere", placed)
    ]
    assert left.sentence.startswith(left.code)
    assert "周一 16:30 教师周老师11已有" in left.sentence


def test_a_room_that_is_taken_is_named_with_who_has_it() -> None:
    asked = question(
        wanted(1, rooms=(UUID(int=1),)),
        stays=[taken(1)],
    )
    (left,) = unplaced(asked, solve_plan(asked).lines)
    assert left.sentence == "K1“合唱” 没有排上：周一 16:30 可用的地点（1号教室）已排给 B1“托管”。"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"rooms": ()}, "no_room"),
        ({"slots": ()}, "no_time"),
        ({"times_per_week": 2}, "too_few_days"),
        ({"slots": (Slot(weekday=1, starts=time(23, 30)),)}, "no_time"),
    ],
)
def test_what_could_never_be_placed_says_so(told: dict[str, object], why: str) -> None:
    asked = question(wanted(1, **told))
    (left,) = unplaced(asked, solve_plan(asked).lines)
    assert [blocker.why for blocker in left.blockers] == [why]


def test_what_can_stay_stays() -> None:
    today = Line(
        offering_id=UUID(int=101), room_id=UUID(int=2), weekdays=(2,), starts=LATE, ends=time(18, 30)
    )
    everywhere = tuple(Slot(weekday=day, starts=hour) for day in (1, 2, 3) for hour in (EARLY, LATE))
    asked = question(wanted(1, slots=everywhere, stands=today))
    assert solve_plan(asked).lines == (today,)


def test_a_grades_offerings_are_spread_over_the_week() -> None:
    days = tuple(Slot(weekday=day, starts=EARLY) for day in (1, 2, 3, 4))
    some = [wanted(n, teacher_id=None, slots=days) for n in range(4)]
    plan = solve_plan(question(*some))
    assert sorted(line.weekdays for line in plan.lines) == [(1,), (2,), (3,), (4,)]


def test_the_same_question_has_the_same_plan() -> None:
    days = tuple(Slot(weekday=day, starts=EARLY) for day in (1, 2, 3, 4, 5))
    asked = question(*(wanted(n, slots=days) for n in range(5)))
    assert solve_plan(asked) == solve_plan(asked)


def test_an_edited_plan_names_both_sides_of_each_conflict() -> None:
    asked = question(wanted(1), wanted(2, title="舞蹈"), stays=[taken(1)])
    lines = [
        Line(offering_id=one.offering_id, room_id=UUID(int=1), weekdays=(1,), starts=EARLY, ends=LATE)
        for one in asked.wanted
    ]
    found = plan_objections(asked, lines)
    assert {one.code for one in found} == {"teacher_in_two_places", "room_taken_twice"}
    assert {one.offerings for one in found if one.code == "teacher_in_two_places"} == {("K2", "K1")}
    assert {one.offerings for one in found if one.code == "room_taken_twice"} >= {("K1", "B1"), ("K2", "B1")}


def test_two_teachers_of_one_name_are_two_teachers() -> None:
    twins = {UUID(int=11): "王芳", UUID(int=12): "王芳"}
    asked = question(wanted(1), wanted(2, teacher_id=UUID(int=12))).model_copy(update={"teachers": twins})
    lines = [
        Line(offering_id=one.offering_id, room_id=room, weekdays=(1,), starts=EARLY, ends=LATE)
        for one, room in zip(asked.wanted, ROOMS, strict=True)
    ]
    assert plan_objections(asked, lines) == []


def test_a_line_covers_its_own_minutes_only() -> None:
    line = Line(offering_id=UUID(int=1), room_id=None, weekdays=(1,), starts=EARLY, ends=LATE)
    assert covers(line, 1, (MIDDLE, LATE))
    assert not covers(line, 1, (LATE, time(18, 30)))
    assert not covers(line, 2, (EARLY, LATE))

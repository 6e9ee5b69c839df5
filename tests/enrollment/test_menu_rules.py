"""The policy's first rules, each judged alone."""

from datetime import time
from typing import Any

import pytest

from services.enrollment.menu.rules.evening_study import evening_study
from services.enrollment.menu.rules.fees import fees
from services.enrollment.menu.rules.menu_objections import menu_objections
from services.enrollment.menu.rules.natures import natures
from services.enrollment.menu.rules.objection import Objection
from services.enrollment.menu.rules.proposal import Proposal
from services.enrollment.menu.rules.service_week import service_week
from services.enrollment.menu.rules.timetable import timetable
from services.enrollment.policy import Policy, read_policy

POLICY: Policy = read_policy()
WORKDAYS = (1, 2, 3, 4, 5)


def offering(code: str = "K1", **facts: Any) -> Proposal:
    usual: dict[str, Any] = {
        "title": "托管",
        "kind": "basic_care",
        "nature": "regular",
        "weekdays": WORKDAYS,
        "starts": time(16, 30),
        "ends": time(18, 30),
        "grades": (1,),
        "teacher": f"T-{code}",
        "room": f"R-{code}",
    }
    return Proposal(code=code, **{**usual, **facts})


SATURDAY = offering("K6", weekdays=(6,), starts=time(9, 0), ends=time(11, 0))


def codes(objections: list[Objection]) -> list[tuple[str, str]]:
    return [(objection.code, objection.force) for objection in objections]


def test_five_workdays_of_two_hours_and_a_weekend_day_keep_the_policy() -> None:
    assert menu_objections([offering(), SATURDAY], POLICY, [1]) == []


def test_a_missing_workday_is_a_must() -> None:
    found = list(service_week([offering(weekdays=(1, 2, 3, 4)), SATURDAY], POLICY, [1]))
    assert codes(found) == [("workday_missing", "must")]
    assert "一年级周五" in found[0].sentence


def test_a_short_day_is_only_a_should() -> None:
    found = list(service_week([offering(ends=time(17, 30)), SATURDAY], POLICY, [1]))
    assert codes(found) == [("workday_short", "should")]


def test_each_grade_is_judged_for_itself() -> None:
    found = list(service_week([offering(grades=(1, 2)), SATURDAY], POLICY, [1, 2]))
    assert codes(found) == [("weekend_missing", "must")]
    assert "二年级" in found[0].sentence
    assert "一年级" not in found[0].sentence


def test_overlapping_offerings_do_not_make_the_day_longer() -> None:
    twice = [offering("K1", ends=time(17, 30)), offering("K2", ends=time(17, 30)), SATURDAY]
    assert codes(list(service_week(twice, POLICY, [1]))) == [("workday_short", "should")]


def test_evening_study_does_not_count_as_after_school_service() -> None:
    evening = offering(kind="evening_study", grades=(7,), starts=time(18, 30), ends=time(20, 30))
    assert ("workday_missing", "must") in codes(list(service_week([evening], POLICY, [7])))


def test_no_fee_before_a_standard_is_published() -> None:
    assert codes(list(fees(offering(fee_fen=1), POLICY))) == [("fee_without_standard", "must")]
    assert list(fees(offering(), POLICY)) == []


def test_with_a_published_standard_a_fee_is_no_finding() -> None:
    standard = POLICY.model_copy(update={"fees": POLICY.fees.model_copy(update={"standard_published": True})})
    assert list(fees(offering(fee_fen=2000), standard)) == []


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"grades": (7, 8, 9)}, []),
        ({"grades": (6, 7)}, [("evening_study_grades", "must")]),
        ({"grades": (7,), "subject": "数学"}, [("evening_study_subject", "must")]),
        ({"grades": (7,), "ends": time(20, 40)}, [("evening_study_late", "should")]),
        ({"grades": (7,), "ends": time(20, 30)}, []),
    ],
)
def test_evening_study(facts: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    usual = {"kind": "evening_study", "starts": time(18, 40), "ends": time(20, 20)}
    assert codes(list(evening_study(offering(**{**usual, **facts}), POLICY))) == expected


@pytest.mark.parametrize(
    "nature", ["dangerous", "commercial", "collective_make_up", "new_lessons", "harmful"]
)
def test_forbidden_natures_cannot_be_published_even_with_an_assessment(nature: str) -> None:
    assert codes(list(natures(offering(nature=nature, assessment_no="FX-1"), POLICY))) == [
        ("nature_forbidden", "must")
    ]


@pytest.mark.parametrize(
    "facts",
    [{"nature": "off_campus"}, {"nature": "laboratory"}, {"title": "烘焙（低年级）"}, {"room": "实验室2"}],
)
def test_what_needs_an_assessment_passes_only_with_one(facts: dict[str, Any]) -> None:
    assert codes(list(natures(offering(**facts), POLICY))) == [("assessment_missing", "must")]
    assert list(natures(offering(**facts, assessment_no="FX-2026-01"), POLICY)) == []


def test_a_teacher_in_two_places_names_both_sides() -> None:
    one, other = offering("K1", teacher="T1"), offering("K2", teacher="T1", weekdays=(5,))
    (found,) = timetable([one, other])
    assert (found.code, found.offerings) == ("teacher_in_two_places", ("K2", "K1"))


def test_a_room_taken_twice_names_both_sides() -> None:
    (found,) = timetable([offering("K1", room="操场"), offering("K2", room="操场")])
    assert (found.code, found.offerings) == ("room_taken_twice", ("K2", "K1"))


def test_half_past_five_ends_one_and_starts_the_next() -> None:
    first = offering("K1", teacher="T1", room="R1", ends=time(17, 30))
    second = offering("K2", teacher="T1", room="R1", starts=time(17, 30))
    assert list(timetable([first, second])) == []


def test_without_a_teacher_yet_nobody_is_in_two_places() -> None:
    nobody = {"teacher": None, "room": None}
    assert list(timetable([offering("K1", **nobody), offering("K2", **nobody)])) == []


def test_the_policy_file_holds_the_numbers_that_the_requirements_name() -> None:
    assert (POLICY.workdays_per_week, POLICY.min_minutes_per_workday, POLICY.weekend_days) == (5, 120, 1)
    assert (POLICY.earliest_end, POLICY.junior_evening_latest_end) == (time(18, 0), time(20, 30))
    assert (POLICY.winter_open_weeks, POLICY.summer_open_weeks) == (1, 3)
    assert POLICY.junior_homework_rate == 0.80
    assert POLICY.primary_no_written_homework_grades == (1, 2)
    assert not POLICY.fees.standard_published

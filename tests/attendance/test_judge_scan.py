"""What a scan means, as a rule: no database, no clock."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.attendance.custody.errors import HomeAlready, InAnothersCare
from services.attendance.custody.rules.take_step import HeldStay
from services.attendance.scanning.rules.judge_scan import (
    Meeting,
    Sight,
    Verdict,
    choose_session,
    judge_scan,
    outcome_of,
)
from services.kernel.clock import at_school_time
from services.kernel.ids import new_id

DAY = date(2026, 11, 23)
EARLY = timedelta(minutes=15)
CHILD, HOMEROOM, QIN, ZHAO = (new_id() for _ in range(4))


def at(hour: int, minute: int = 0) -> datetime:
    return at_school_time(DAY, time(hour, minute))


READING = Meeting(new_id(), new_id(), at(16, 30), at(17, 30))
FOOTBALL = Meeting(new_id(), new_id(), at(17, 30), at(18, 30))
BASIC = Meeting(new_id(), new_id(), at(17, 30), at(18, 30))

EXPECTED = HeldStay(
    child_id=CHILD,
    turn=1,
    state="expected",
    adult_id=None,
    room_id=None,
    session_id=None,
    hand_over_id=None,
    received=False,
    walk_in=False,
    missing=False,
    due_home_at=at(18, 30),
    last_number=0,
    last_at=None,
)
OFFERED = replace(
    EXPECTED, state="in_transit", adult_id=HOMEROOM, hand_over_id=new_id(), last_number=1, last_at=at(16, 30)
)
WITH_QIN = replace(
    OFFERED,
    state="in_care",
    adult_id=QIN,
    session_id=READING.session_id,
    room_id=READING.room_id,
    hand_over_id=None,
    received=True,
    last_number=2,
    last_at=at(16, 32),
)


def scan(stay: HeldStay, actor: UUID, when: datetime, **facts: Any) -> Verdict:
    told = {"session": READING, "expected": True, "present": None, "early": EARLY, **facts}
    return judge_scan(stay, Sight(new_id(), CHILD, "card", when, actor, None), **told)


def test_an_offered_child_is_received_from_its_homeroom_teacher() -> None:
    verdict = scan(OFFERED, QIN, at(16, 32))
    assert verdict.outcome == "received"
    assert verdict.step is not None
    assert (verdict.step.kind, verdict.step.adult_after, verdict.step.hand_over_id) == (
        "moved",
        QIN,
        OFFERED.hand_over_id,
    )
    assert verdict.flags == ("from_homeroom",)


def test_without_an_offer_the_first_scan_receives_and_is_flagged() -> None:
    verdict = scan(EXPECTED, QIN, at(16, 32))
    assert (verdict.outcome, verdict.flags) == ("received", ("not_offered",))


def test_a_homeroom_teacher_who_also_teaches_the_first_hour_receives_from_herself() -> None:
    assert scan(OFFERED, HOMEROOM, at(16, 32)).outcome == "received"


def test_a_second_scan_is_never_a_departure() -> None:
    verdict = scan(WITH_QIN, QIN, at(16, 50), present=READING)
    assert (verdict.outcome, verdict.step and verdict.step.kind) == ("already_yours", "sighted")


def test_a_scan_older_than_the_last_move_is_noted_and_moves_nobody() -> None:
    verdict = scan(WITH_QIN, ZHAO, at(16, 20), session=FOOTBALL)
    assert (verdict.outcome, verdict.step and verdict.step.kind) == ("recorded_late", "sighted")


def test_two_phones_clocks_may_differ_by_some_minutes_at_an_acceptance() -> None:
    assert scan(OFFERED, QIN, at(16, 26)).outcome == "received"
    assert scan(OFFERED, QIN, at(16, 24)).outcome == "recorded_late"


def test_a_child_that_walks_to_its_next_session_is_moved_without_an_offer() -> None:
    verdict = scan(WITH_QIN, ZHAO, at(17, 25), session=FOOTBALL, present=READING)
    assert (verdict.outcome, verdict.flags) == ("moved", ("walked_alone",))


def test_half_past_five_ends_one_session_and_begins_the_next() -> None:
    assert scan(WITH_QIN, ZHAO, at(17, 30), session=FOOTBALL, present=READING).outcome == "moved"


def test_a_child_in_anothers_care_is_not_taken_by_whoever_scans_it() -> None:
    stranger = scan(WITH_QIN, ZHAO, at(17, 25), session=FOOTBALL, expected=False, present=READING)
    assert stranger.refusal is InAnothersCare
    meanwhile = scan(WITH_QIN, ZHAO, at(16, 45), session=READING, present=READING)
    assert meanwhile.refusal is InAnothersCare
    no_session = scan(WITH_QIN, ZHAO, at(17, 45), session=None, expected=False, present=READING)
    assert no_session.refusal is InAnothersCare


def test_nobody_walks_an_hour_before_the_next_session() -> None:
    assert scan(WITH_QIN, ZHAO, at(17, 14), session=FOOTBALL, present=READING).refusal is InAnothersCare


def test_a_child_whose_present_session_still_runs_then_does_not_walk() -> None:
    long_one = replace(READING, ends_at=at(18))
    assert scan(WITH_QIN, ZHAO, at(17, 30), session=FOOTBALL, present=long_one).refusal is InAnothersCare


def test_the_next_hour_with_the_same_teacher_moves_the_child_to_the_next_session() -> None:
    verdict = scan(WITH_QIN, QIN, at(17, 31), session=BASIC, present=READING)
    assert (verdict.outcome, verdict.step and verdict.step.session_id) == ("moved", BASIC.session_id)


@pytest.mark.parametrize("state", ["absent", "excused"])
def test_a_child_given_up_as_absent_that_stands_there_is_received(state: Any) -> None:
    verdict = scan(replace(EXPECTED, state=state, last_at=at(16, 40)), QIN, at(16, 50))
    assert (verdict.outcome, verdict.flags) == ("received", ("here_after_all",))


def test_a_child_that_went_home_is_not_brought_back_by_a_scan() -> None:
    home = replace(WITH_QIN, state="released", adult_id=None, last_at=at(17, 40))
    assert scan(home, QIN, at(17, 45)).refusal is HomeAlready
    assert scan(home, QIN, at(17, 35)).outcome == "recorded_late"


def test_a_child_of_another_group_is_taken_in_and_flagged() -> None:
    assert scan(OFFERED, ZHAO, at(16, 32), expected=False).flags == ("from_homeroom", "another_group")
    assert scan(replace(EXPECTED, walk_in=True), ZHAO, at(16, 32), expected=False).flags == (
        "not_offered",
        "walk_in",
    )


def test_a_walk_that_was_offered_is_accepted_by_whoever_scans() -> None:
    walking = replace(WITH_QIN, state="in_transit", hand_over_id=new_id())
    verdict = scan(walking, ZHAO, at(17, 31), session=FOOTBALL, present=READING)
    assert (verdict.outcome, verdict.flags) == ("moved", ())


def test_what_stands_in_the_ledger_tells_the_same_outcome_again() -> None:
    for verdict in (
        scan(OFFERED, QIN, at(16, 32)),
        scan(EXPECTED, QIN, at(16, 32)),
        scan(WITH_QIN, QIN, at(16, 50), present=READING),
        scan(WITH_QIN, ZHAO, at(16, 20)),
        scan(WITH_QIN, ZHAO, at(17, 30), session=FOOTBALL, present=READING),
    ):
        assert verdict.step is not None
        assert outcome_of(verdict.step.kind, verdict.step.reason) == verdict.outcome


def test_a_teachers_session_is_the_one_that_expects_the_child_and_runs() -> None:
    both = [READING, BASIC]
    ids = {READING.session_id, BASIC.session_id}
    assert choose_session(both, ids, at(17, 20), EARLY) is READING
    assert choose_session(both, {BASIC.session_id}, at(17, 20), EARLY) is BASIC
    assert choose_session(both, set(), at(17, 30), EARLY) is BASIC
    assert choose_session(both, set(), at(15), EARLY) is READING
    assert choose_session(both, set(), at(20), EARLY) is BASIC
    assert choose_session([], set(), at(17), EARLY) is None

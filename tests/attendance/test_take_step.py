"""The three laws, as a rule: which steps the ledger takes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.attendance.custody.rules.take_step import LawBroken, Step, take_step
from services.kernel.ids import new_id
from tests.attendance.test_judge_scan import CHILD, EXPECTED, OFFERED, QIN, WITH_QIN, ZHAO, at


def step(kind: Any, **facts: Any) -> Step:
    told = {
        "entry_id": new_id(),
        "child_id": CHILD,
        "method": "tap",
        "actor_id": QIN,
        "occurred_at": at(17),
        **facts,
    }
    return Step(kind=kind, **told)


HOME = step("released", state_after="released")


def test_a_move_leaves_one_adult_and_the_next_number() -> None:
    after = take_step(WITH_QIN, step("moved", state_after="in_care", adult_after=ZHAO))
    assert (after.adult_id, after.last_number, after.last_at) == (ZHAO, 3, at(17))


def test_no_child_without_an_adult() -> None:
    with pytest.raises(LawBroken):
        take_step(WITH_QIN, step("moved", state_after="in_care"))
    with pytest.raises(LawBroken):
        take_step(WITH_QIN, step("released", state_after="released", adult_after=QIN))
    with pytest.raises(LawBroken):
        take_step(WITH_QIN, step("moved"))


@pytest.mark.parametrize("stay", [EXPECTED, replace(EXPECTED, state="absent"), take_step(WITH_QIN, HOME)])
def test_who_is_in_nobodys_care_is_released_by_nobody(stay: Any) -> None:
    with pytest.raises(LawBroken):
        take_step(stay, HOME)


@pytest.mark.parametrize(
    ("kind", "state", "adult"),
    [("released", "released", None), ("absent", "absent", None), ("moved", "in_care", QIN)],
)
def test_no_timer_moves_releases_or_settles(kind: Any, state: Any, adult: Any) -> None:
    with pytest.raises(LawBroken):
        take_step(OFFERED, step(kind, state_after=state, adult_after=adult, method="timer", actor_id=None))


def test_a_timer_may_say_that_a_child_is_missing() -> None:
    after = take_step(OFFERED, step("missing", method="timer", actor_id=None, missing=True))
    assert after == replace(OFFERED, missing=True, last_number=2)


@pytest.mark.parametrize("lacking", ["corrects", "reason", "actor_id"])
def test_a_correction_names_its_entry_its_reason_and_its_actor(lacking: str) -> None:
    facts = {"corrects": new_id(), "reason": "扫错", "actor_id": QIN, lacking: None}
    with pytest.raises(LawBroken):
        take_step(WITH_QIN, step("corrected", state_after="in_care", adult_after=ZHAO, **facts))


def test_a_correction_may_bring_a_child_back_that_was_released_by_mistake() -> None:
    back = step("corrected", state_after="in_care", adult_after=QIN, corrects=HOME.entry_id, reason="点错")
    after = take_step(take_step(WITH_QIN, HOME), back)
    assert (after.state, after.adult_id, after.last_number) == ("in_care", QIN, 4)


def test_a_late_note_does_not_hide_a_later_move() -> None:
    noted = take_step(WITH_QIN, step("sighted", occurred_at=at(15)))
    assert noted.last_at == WITH_QIN.last_at
    moved = take_step(
        WITH_QIN,
        step("moved", state_after="in_care", adult_after=ZHAO, occurred_at=at(16, 32) - timedelta(minutes=1)),
    )
    assert moved.last_at == WITH_QIN.last_at

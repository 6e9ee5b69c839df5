"""Nobody came: the ladder climbs on the domain's clock, is delayed by a word, and ended only by the release."""

import asyncio
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.attendance.lateness import errors
from services.attendance.lateness.letters import on_message_settled
from services.attendance.lateness.pause_ladder import Pause, pause_ladder
from services.attendance.lateness.wake_ladders import TIMERS
from services.contracts.facts.notifications import MessageSettled
from services.kernel.clock import at_school_time
from services.kernel.ids import new_id
from services.kernel.problems import NotYours
from services.kernel.timers import TimerRunner
from tests.attendance.at_the_gate import Gate, code
from tests.attendance.small_school import MONDAY

HOME = at_school_time(MONDAY, time(18, 30))
LATE_CHILDREN = 6
"""Those of class 1; class 2 was fetched by then."""


@pytest.fixture
async def evening(gate: Gate) -> Gate:
    """18:29: the children of class 1 are still with Qin, everybody else is gone."""
    await gate.change(
        "UPDATE stay SET state = 'released', adult_id = NULL WHERE child_id <> ALL(:still)",
        still=gate.school.children[:6],
    )
    gate.set(HOME - timedelta(minutes=1))
    return gate


async def pass_time(gate: Gate, until: datetime, *, workers: int = 1) -> None:
    """Let the minutes pass one by one, the workers looking at each."""
    runners = [TimerRunner(gate.db, gate.clock, TIMERS) for _ in range(workers)]
    while gate.clock.now() < until:
        gate.clock.advance(timedelta(minutes=1))
        await asyncio.gather(*(runner.run_due() for runner in runners))


async def steps_of(gate: Gate, child: UUID) -> list[tuple[int, int, str, bool]]:
    """Return (step, minutes after due home, audience, urgent) of what was told about a child."""
    return [
        (told["step_no"], told["minutes_late"], told["audience"], told["urgent"])
        for told in await gate.told("child-late")
        if told["child_id"] == str(child)
    ]


async def say_on_my_way(gate: Gate, index: int, minutes: int) -> Pause:
    async with gate.db.transaction([gate.school.school_id]) as tx:
        return await pause_ladder(
            tx,
            gate.school.school_id,
            gate.school.guardians[index],
            gate.school.children[index],
            until=gate.clock.now() + timedelta(minutes=minutes),
            now=gate.clock.now(),
        )


WHOLE = [
    (1, 0, "guardians", False),
    (2, 10, "guardians", True),
    (3, 20, "duty", True),
    (4, 30, "leader", True),
]


async def test_the_steps_come_in_order_and_at_their_minutes(evening: Gate) -> None:
    await pass_time(evening, HOME + timedelta(minutes=90))
    for child in evening.school.children[:LATE_CHILDREN]:
        assert await steps_of(evening, child) == WHOLE
    rows = await evening.rows("SELECT step_no, recipients FROM late_step ORDER BY step_no")
    assert len(rows) == 4 * LATE_CHILDREN


async def test_each_step_tells_the_right_people(evening: Gate) -> None:
    child = evening.school.children[0]
    await pass_time(evening, HOME + timedelta(minutes=40))
    told = [fact["recipients"] for fact in await evening.told("child-late") if fact["child_id"] == str(child)]
    mother = [str(evening.school.guardians[0])]
    assert told == [mother, mother, [str(evening.school.leader)], [str(evening.school.principal)]]


async def test_who_was_fetched_in_time_is_not_late(gate: Gate) -> None:
    child = gate.school.children[0]
    made = await gate.issue(gate.school.guardians[0], child)
    gate.set(HOME - timedelta(minutes=1))
    await gate.release(gate.asked(code(made), child))
    await pass_time(gate, HOME + timedelta(minutes=15))
    assert await steps_of(gate, child) == []


async def test_children_due_home_earlier_are_late_earlier(gate: Gate) -> None:
    early, late = gate.school.children[8], gate.school.children[0]
    await pass_time(gate, HOME - timedelta(minutes=35))
    assert await steps_of(gate, early) == WHOLE[:3]
    assert await steps_of(gate, late) == []


async def test_the_release_ends_it_and_nothing_else_does(evening: Gate) -> None:
    fetched, waiting = evening.school.children[0], evening.school.children[1]
    await pass_time(evening, HOME + timedelta(minutes=12))
    made = await evening.issue(evening.school.guardians[0], fetched)
    await evening.release(evening.asked(code(made), fetched))
    await pass_time(evening, HOME + timedelta(hours=5))
    assert await steps_of(evening, fetched) == WHOLE[:2]
    assert await steps_of(evening, waiting) == WHOLE
    open_cases = await evening.rows("SELECT child_id FROM late_case WHERE ended_at IS NULL")
    assert len(open_cases) == LATE_CHILDREN - 1
    assert await evening.state(waiting) == "in_care", "no timer ever releases"


async def test_on_my_way_delays_the_ladder_and_the_later_steps_keep_their_distance(evening: Gate) -> None:
    child = evening.school.children[0]
    await pass_time(evening, HOME + timedelta(minutes=5))
    granted = await say_on_my_way(evening, 0, 20)
    assert granted.paused_until == HOME + timedelta(minutes=25)
    assert granted.pauses_left == 1
    await pass_time(evening, HOME + timedelta(minutes=24))
    assert await steps_of(evening, child) == WHOLE[:1]
    await pass_time(evening, HOME + timedelta(minutes=60))
    assert [(step, minute) for step, minute, *_ in await steps_of(evening, child)] == [
        (1, 0),
        (2, 25),
        (3, 35),
        (4, 45),
    ]


async def test_the_school_grants_no_more_than_it_allows(evening: Gate) -> None:
    await pass_time(evening, HOME + timedelta(minutes=1))
    granted = await say_on_my_way(evening, 0, 300)
    assert granted.paused_until == HOME + timedelta(minutes=31)
    await say_on_my_way(evening, 0, 5)
    with pytest.raises(errors.PausesUsedUp) as refused:
        await say_on_my_way(evening, 0, 5)
    assert "老师会一直陪着孩子" in refused.value.sentence()


async def test_a_pause_that_ends_before_the_next_step_delays_nothing(evening: Gate) -> None:
    child = evening.school.children[0]
    await pass_time(evening, HOME + timedelta(minutes=2))
    await say_on_my_way(evening, 0, 3)
    await pass_time(evening, HOME + timedelta(minutes=40))
    assert await steps_of(evening, child) == WHOLE


async def test_only_the_childs_own_family_pauses_and_only_while_it_is_late(evening: Gate) -> None:
    school = evening.school
    with pytest.raises(errors.NotLate):
        await say_on_my_way(evening, 0, 10)
    await pass_time(evening, HOME + timedelta(minutes=1))
    with pytest.raises(errors.ArrivalIsPast):
        await say_on_my_way(evening, 0, -1)
    async with evening.db.transaction([school.school_id]) as tx:
        with pytest.raises(NotYours):
            await pause_ladder(
                tx,
                school.school_id,
                school.guardians[1],
                school.children[0],
                until=HOME + timedelta(minutes=10),
                now=evening.clock.now(),
            )


async def test_three_workers_at_once_double_no_step(evening: Gate) -> None:
    await pass_time(evening, HOME + timedelta(minutes=45), workers=3)
    for child in evening.school.children[:LATE_CHILDREN]:
        assert await steps_of(evening, child) == WHOLE


async def test_after_an_outage_the_ladder_catches_up_and_loses_no_step(evening: Gate) -> None:
    child = evening.school.children[0]
    await pass_time(evening, HOME + timedelta(minutes=3))
    evening.clock.advance(timedelta(minutes=22))
    await TimerRunner(evening.db, evening.clock, TIMERS).run_due()
    assert await steps_of(evening, child) == [WHOLE[0], (2, 25, "guardians", True), (3, 25, "duty", True)]
    await pass_time(evening, HOME + timedelta(minutes=60))
    assert (await steps_of(evening, child))[3:] == [WHOLE[3]]


async def test_a_worker_that_dies_in_the_middle_of_a_step_leaves_it_to_the_next(
    evening: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row of the timer, the step and the letter are one transaction: all of it happened, or none."""
    child = evening.school.children[0]

    async def die(*_: Any, **__: Any) -> None:
        raise asyncio.CancelledError

    await pass_time(evening, HOME + timedelta(minutes=9))
    evening.clock.advance(timedelta(minutes=1))
    monkeypatch.setattr("services.attendance.lateness.climb_ladder._turn_to", die)
    with pytest.raises(asyncio.CancelledError):
        await TimerRunner(evening.db, evening.clock, TIMERS).run_due()
    assert await steps_of(evening, child) == WHOLE[:1]
    monkeypatch.undo()
    await pass_time(evening, HOME + timedelta(minutes=11), workers=2)
    told = await evening.told("child-late")
    assert len(told) == 2 * LATE_CHILDREN


async def test_a_child_that_comes_into_care_after_it_was_due_home_is_late_too(gate: Gate) -> None:
    """Found at last, or scanned on a phone that had no network."""
    found = gate.school.children[10]
    await gate.change(
        "UPDATE stay SET state = 'expected', adult_id = NULL, due_home_at = :home WHERE child_id = :child",
        home=HOME,
        child=found,
    )
    await pass_time(gate, HOME + timedelta(minutes=20))
    assert await steps_of(gate, found) == []
    await gate.receive(found, adult=gate.school.lu)
    await pass_time(gate, HOME + timedelta(minutes=26))
    steps = await steps_of(gate, found)
    assert [step for step, *_ in steps] == [1, 2, 3]


async def test_a_child_that_went_home_from_class_is_nobodys_to_wait_for(evening: Gate) -> None:
    child = evening.school.children[0]
    await pass_time(evening, HOME + timedelta(minutes=3))
    await evening.change("UPDATE stay SET state = 'absent', adult_id = NULL WHERE child_id = :c", c=child)
    await pass_time(evening, HOME + timedelta(minutes=40))
    assert await steps_of(evening, child) == WHOLE[:1]
    (case,) = await evening.rows("SELECT ended_at FROM late_case WHERE child_id = :c", c=child)
    assert case["ended_at"] is not None


async def test_a_step_that_finds_nobody_to_tell_is_followed_at_once(evening: Gate) -> None:
    child = evening.school.children[0]
    await evening.change("UPDATE adult SET removed = true WHERE adult_id = :duty", duty=evening.school.leader)
    await pass_time(evening, HOME + timedelta(minutes=40))
    assert await steps_of(evening, child) == [*WHOLE[:2], (4, 20, "leader", True)]


async def test_a_school_sets_its_own_ladder(evening: Gate) -> None:
    child = evening.school.children[0]
    own = '{"ladder": [{"after": 5, "audience": "duty", "urgent": true}]}'
    await evening.change("UPDATE school SET settings = CAST(:own AS jsonb)", own=own)
    await pass_time(evening, HOME + timedelta(minutes=40))
    assert await steps_of(evening, child) == [(1, 5, "duty", True)]


async def settle(gate: Gate, index: int, outcome: str, *, step_no: int | None = None) -> None:
    (case,) = await gate.rows(
        "SELECT case_id FROM late_case WHERE child_id = :c", c=gate.school.children[index]
    )
    fact = MessageSettled(
        at=gate.clock.now(),
        school_id=gate.school.school_id,
        message_id=new_id(),
        cause_id=case["case_id"],
        recipient_id=gate.school.guardians[index],
        outcome=outcome,
        channel="sms",
        step_no=step_no,
    )
    async with gate.db.transaction([gate.school.school_id]) as tx:
        await on_message_settled(tx, [fact], now=gate.clock.now())


@pytest.mark.parametrize("step_no", [1, None])
async def test_when_nobody_could_be_reached_the_next_step_comes_at_once(
    evening: Gate, step_no: int | None
) -> None:
    child = evening.school.children[0]
    await pass_time(evening, HOME + timedelta(minutes=2))
    await settle(evening, 0, "failed", step_no=step_no)
    if step_no:
        await settle(evening, 0, "failed", step_no=step_no)
    await settle(evening, 1, "delivered", step_no=step_no)
    await pass_time(evening, HOME + timedelta(minutes=60))
    assert await steps_of(evening, child) == [WHOLE[0], (2, 2, "guardians", True), *WHOLE[2:]]
    assert await steps_of(evening, evening.school.children[1]) == WHOLE
    receipts = await evening.rows("SELECT step_no, outcome, channel FROM late_receipt ORDER BY outcome")
    assert [(row["step_no"], row["outcome"]) for row in receipts if row["outcome"] == "delivered"] == [
        (1, "delivered")
    ]


async def test_a_failed_message_does_not_break_into_a_pause(evening: Gate) -> None:
    child = evening.school.children[0]
    await pass_time(evening, HOME + timedelta(minutes=2))
    await say_on_my_way(evening, 0, 15)
    await settle(evening, 0, "failed", step_no=1)
    await pass_time(evening, HOME + timedelta(minutes=16))
    assert await steps_of(evening, child) == WHOLE[:1]

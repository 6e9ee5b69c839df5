"""The ladder, a release and a word from the family at the same moment: nobody waits in a circle, nothing is lost."""

import asyncio
from datetime import time, timedelta

import pytest

from services.attendance.lateness import open_late_cases
from services.attendance.lateness.open_late_cases import on_late
from services.attendance.lateness.pause_ladder import pause_ladder
from services.attendance.lateness.wake_ladders import TIMERS
from services.attendance.pickup import release_child
from services.kernel.clock import at_school_time
from services.kernel.timers import Due, TimerRunner
from tests.attendance.at_the_gate import Gate, code
from tests.attendance.small_school import MONDAY
from tests.races.test_release_races import dawdle

HOME = at_school_time(MONDAY, time(18, 30))


async def look_while_the_mother_is_at_the_gate(gate: Gate) -> None:
    """The timer looks who is still here while a release has been judged and not yet written."""
    child = gate.school.children[0]
    gate.set(HOME)
    made = await gate.issue(gate.school.guardians[0], child)

    async def look() -> None:
        await asyncio.sleep(0.03)
        due = Due(gate.school.school_id, "late", gate.school.school_id, HOME, {"service_on": str(MONDAY)})
        async with gate.db.transaction([gate.school.school_id]) as tx:
            await on_late(tx, due, now=gate.clock.now())

    (released,), _ = await asyncio.gather(gate.release(gate.asked(code(made), child)), look())
    assert released.refusal is None


async def test_without_the_lock_a_child_that_went_home_is_chased(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked = open_late_cases.STILL_HERE.replace("FOR NO KEY UPDATE OF stay", "")
    monkeypatch.setattr(open_late_cases, "STILL_HERE", unlocked)
    monkeypatch.setattr(release_child, "append_entries", dawdle)
    await look_while_the_mother_is_at_the_gate(gate)
    child = gate.school.children[0]
    opened = await gate.rows("SELECT case_id FROM late_case WHERE child_id = :c", c=child)
    assert len(opened) == 1


async def test_with_the_lock_it_is_not(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_child, "append_entries", dawdle)
    await look_while_the_mother_is_at_the_gate(gate)
    child = gate.school.children[0]
    assert not await gate.rows("SELECT case_id FROM late_case WHERE child_id = :c", c=child)
    assert len(await gate.rows("SELECT case_id FROM late_case")) == 10


async def test_releases_pauses_and_steps_of_the_same_minute_all_get_through(gate: Gate) -> None:
    school = gate.school
    gate.set(HOME)
    await TimerRunner(gate.db, gate.clock, TIMERS).run_due()
    passes = [await gate.issue(school.guardians[index], school.children[index]) for index in range(6)]
    gate.clock.advance(timedelta(minutes=10))

    async def pause(index: int) -> None:
        async with gate.db.transaction([school.school_id]) as tx:
            until = gate.clock.now() + timedelta(minutes=5)
            await pause_ladder(
                tx,
                school.school_id,
                school.guardians[index],
                school.children[index],
                until=until,
                now=gate.clock.now(),
            )

    await asyncio.gather(
        *(TimerRunner(gate.db, gate.clock, TIMERS).run_due() for _ in range(3)),
        *(gate.release(gate.asked(code(passes[index]), school.children[index])) for index in range(3)),
        *(pause(index) for index in range(3, 11)),
    )
    rows = await gate.rows("SELECT child_id, ended_at, pauses FROM late_case")
    ended = {row["child_id"] for row in rows if row["ended_at"] is not None}
    assert ended == set(school.children[:3])
    assert [row["pauses"] for row in rows if row["ended_at"] is None] == [1] * 8
    steps = await gate.rows("SELECT case_id, step_no FROM late_step")
    assert len({(row["case_id"], row["step_no"]) for row in steps}) == len(steps)
    assert len(steps) == len(await gate.told("child-late"))

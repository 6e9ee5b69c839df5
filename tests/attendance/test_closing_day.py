"""A day closes by a person and only at zero difference; the refusal names each child."""

from datetime import time, timedelta
from typing import Any

import pytest

from services.attendance.dismissal import errors
from services.attendance.dismissal.close_day import ClosedDay, close_day
from services.attendance.dismissal.day_figures import DayFigures, day_figures
from services.contracts.personas import Persona
from services.kernel.clock import at_school_time
from services.kernel.ids import new_id
from tests.attendance.at_the_gate import ALONE, Gate, code
from tests.attendance.doors import Doors
from tests.attendance.phone import Phone, laws_hold
from tests.attendance.small_school import MONDAY


async def close(gate: Gate) -> ClosedDay:
    async with gate.db.transaction([gate.school.school_id]) as tx:
        return await close_day(
            tx, gate.school.school_id, MONDAY, leader_id=gate.school.leader, now=gate.clock.now()
        )


async def figures_of(gate: Gate) -> DayFigures:
    async with gate.db.transaction([gate.school.school_id]) as tx:
        figures = await day_figures(tx, gate.school.school_id, MONDAY)
    assert figures is not None
    return figures


async def send_home(gate: Gate, *indexes: int) -> None:
    for index in indexes:
        child = gate.school.children[index]
        made = await gate.issue(gate.school.guardians[index], child)
        (outcome,) = await gate.release(
            gate.asked(code(made), child, actor_id=gate.school.leader, is_leader=True)
        )
        assert outcome.refusal is None


async def test_a_day_with_children_in_care_is_not_closed_and_each_is_named(gate: Gate) -> None:
    await send_home(gate, *range(8))
    with pytest.raises(errors.DayNotBalanced) as refused:
        await close(gate)
    facts = refused.value.facts
    assert facts["count"] == 3
    assert [child["child"] for child in facts["children"]] == ["学生8", "学生9", "学生10"]
    assert {child["last_adult"] for child in facts["children"]} == {"陆"}
    assert {child["state"] for child in facts["children"]} == {"in_care"}
    assert "还有3名孩子" in refused.value.sentence()
    (day,) = await gate.rows("SELECT state FROM service_day")
    assert day["state"] == "open"


async def test_of_a_child_that_never_came_the_homeroom_teacher_is_the_last_adult(gate: Gate) -> None:
    await send_home(gate, *range(11))
    await gate.change(
        "INSERT INTO stay (school_id, service_on, child_id, turn, state, received, walk_in, missing, due_home_at,"
        " last_number) VALUES (:school, :day, :child, 1, 'expected', false, false, false, :home, 0)",
        school=gate.school.school_id,
        day=MONDAY,
        child=gate.school.children[11],
        home=gate.clock.now(),
    )
    with pytest.raises(errors.DayNotBalanced) as refused:
        await close(gate)
    (child,) = refused.value.facts["children"]
    assert (child["child"], child["state"], child["last_adult"]) == ("学生11", "expected", "班二")


async def test_a_balanced_day_closes_and_enrollment_hears_its_counts(gate: Gate) -> None:
    await send_home(gate, *range(11))
    closed = await close(gate)
    assert closed.closed_at == gate.clock.now()
    (told,) = await gate.told("day-closed")
    counts = {name: told[name] for name in ("expected", "received", "released", "absent", "excused", "late")}
    assert counts == {"expected": 11, "received": 11, "released": 11, "absent": 0, "excused": 0, "late": 0}
    (day,) = await gate.rows("SELECT state, closed_by FROM service_day")
    assert day == {"state": "closed", "closed_by": gate.school.leader}
    await laws_hold(gate.db, gate.school)


async def test_a_closed_day_stays_closed_and_is_told_once(gate: Gate) -> None:
    await send_home(gate, *range(11))
    first = await close(gate)
    gate.set(gate.clock.now() + timedelta(minutes=5))
    assert (await close(gate)).closed_at == first.closed_at
    assert len(await gate.told("day-closed")) == 1


async def test_a_closed_day_takes_no_more_scans(gate: Gate) -> None:
    await send_home(gate, *range(11))
    await close(gate)
    assert await Phone(gate.db, gate.school, gate.school.lu, gate.clock).scan(11) == ["day-is-closed"]


async def test_a_day_that_never_was_is_not_closed(gate: Gate) -> None:
    async with gate.db.transaction([gate.school.school_id]) as tx:
        with pytest.raises(errors.NoSuchDay):
            await close_day(
                tx,
                gate.school.school_id,
                MONDAY + timedelta(days=1),
                leader_id=gate.school.leader,
                now=gate.clock.now(),
            )


async def test_the_figures_of_a_lived_day_equal_its_ledger(gate: Gate) -> None:
    """Scans move children to football; most go home, one alone, one is refused, one is late."""
    await gate.set_timings(self_release_from_grade=3)
    gate.set(at_school_time(MONDAY, time(17, 30)))
    zhao = Phone(gate.db, gate.school, gate.school.zhao, gate.clock)
    assert await zhao.scan(0, 1, 6, 7) == ["moved"] * 4
    await send_home(gate, *range(8))
    await gate.release(gate.asked(ALONE, gate.school.children[9], actor_id=gate.school.lu))
    await gate.refused(ALONE, gate.school.children[8], actor_id=gate.school.lu)
    figures = await figures_of(gate)
    entries = await gate.rows("SELECT kind, count(*) AS lines FROM entry GROUP BY kind")
    assert figures.ledger == {row["kind"]: row["lines"] for row in entries}
    counts = figures.counts
    assert (counts["expected"], counts["received"], counts["walk_ins"]) == (11, 11, 0)
    assert (counts["released"], counts["self_released"], counts["in_care"]) == (9, 1, 2)
    assert (counts["moved_children"], counts["refused_releases"], counts["alarms"]) == (4, 1, 0)
    states = ("awaited", "in_care", "in_transit", "released", "absent", "excused")
    assert sum(counts[state] for state in states) == counts["expected"] + counts["walk_ins"]
    by_name = {session["name"]: session for session in figures.sessions}
    assert by_name["阅读"]["expected"] == 6
    assert by_name["足球"]["expected"] == 4
    assert sum(session["present"] for session in figures.sessions) == 0


async def test_only_leaders_close_and_a_refusal_closes_nothing(gate: Gate, doors: Doors) -> None:
    school = gate.school.school_id
    teacher = doors.as_person(Persona.TEACHER, {school: gate.school.qin})
    leader = doors.as_person(Persona.DUTY_LEADER, {school: gate.school.leader})
    path = "/api/v1/days/2026-11-23"
    assert (await teacher.post(f"{path}/closing")).status_code == 403
    key = str(new_id())
    refused = await leader.post(f"{path}/closing", key=key)
    assert refused.status_code == 409
    problem: dict[str, Any] = refused.json()
    assert problem["count"] == len(problem["children"]) == 11
    await send_home(gate, *range(11))
    closed = await leader.post(f"{path}/closing", key=key)
    assert closed.status_code == 200, "a refusal left no key behind"
    day = (await teacher.get(path)).json()
    assert day["state"] == "closed"
    assert day["counts"]["released"] == 11


async def test_a_foreign_leader_finds_no_day(gate: Gate, doors: Doors) -> None:
    stranger = doors.as_person(Persona.DUTY_LEADER, {new_id(): gate.school.leader})
    assert (await stranger.get("/api/v1/days/2026-11-23")).status_code == 404
    assert (await stranger.post("/api/v1/days/2026-11-23/closing")).status_code == 404
    trick = await stranger.get("/api/v1/days/2026-11-23", school_id=str(gate.school.school_id))
    assert trick.status_code == 404

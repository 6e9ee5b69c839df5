"""What a leader, a teacher's phone and a family see: the same ledger, each their own part of it."""

from datetime import time, timedelta
from typing import Any

import pytest
from jose import jwt
from sqlalchemy import text

from services.attendance.boards.duty_board import DutyBoard, duty_board
from services.attendance.lateness.wake_ladders import TIMERS
from services.attendance.pickup.pass_token import AUDIENCE
from services.contracts.personas import Persona
from services.kernel.clock import at_school_time
from services.kernel.ids import new_id
from services.kernel.timers import TimerRunner
from tests.attendance.at_the_gate import Gate, code
from tests.attendance.doors import Caller, Doors
from tests.attendance.phone import Phone
from tests.attendance.small_school import MONDAY, SmallSchool, settle

HOME = at_school_time(MONDAY, time(18, 30))
DAY = {"service_on": "2026-11-23"}


async def board_of(gate: Gate) -> DutyBoard:
    async with gate.db.transaction([gate.school.school_id]) as tx:
        board = await duty_board(tx, gate.school.school_id, MONDAY, now=gate.clock.now())
    assert board is not None
    return board


@pytest.fixture
def leader(gate: Gate, doors: Doors) -> Caller:
    return doors.as_person(Persona.DUTY_LEADER, {gate.school.school_id: gate.school.leader})


async def test_the_boards_rooms_add_up_to_the_ledger(gate: Gate) -> None:
    gate.set(at_school_time(MONDAY, time(17, 31)))
    assert await Phone(gate.db, gate.school, gate.school.zhao, gate.clock).scan(0, 1, 6) == ["moved"] * 3
    board = await board_of(gate)
    present = {(room["adult"], room["room"]): room["present"] for room in board.rooms if room["present"]}
    assert present == {("秦", "101"): 4, ("陆", "101"): 4, ("赵", "操场"): 3}
    held = await gate.rows("SELECT count(*) AS many FROM stay WHERE state = 'in_care'")
    assert sum(room["present"] for room in board.rooms) == held[0]["many"] == board.counts["in_care"]
    football = next(room for room in board.rooms if room["session"] == "足球" and room["adult"] == "赵")
    assert football["expected"] == 4


async def test_a_session_that_is_on_with_nobody_in_it_is_on_the_board(gate: Gate) -> None:
    gate.set(at_school_time(MONDAY, time(17, 40)))
    empty = [room for room in (await board_of(gate)).rooms if room["present"] == 0]
    assert {room["session"] for room in empty} == {"足球", "基本托管"}


async def test_open_hand_overs_missing_and_late_children_are_on_the_board(gate: Gate, leader: Caller) -> None:
    offered = await Phone(gate.db, gate.school, gate.school.qin, gate.clock).offer(0, 1)
    await gate.change(
        "INSERT INTO missing_case (school_id, service_on, case_id, child_id, turn, raised_at)"
        " VALUES (:school, :day, :case, :child, 1, :at)",
        school=gate.school.school_id,
        day=MONDAY,
        case=new_id(),
        child=gate.school.children[10],
        at=gate.clock.now(),
    )
    gate.set(HOME)
    await TimerRunner(gate.db, gate.clock, TIMERS).run_due()
    gate.clock.advance(timedelta(minutes=3))
    answer = await leader.get("/api/v1/boards/duty", **DAY)
    assert answer.status_code == 200, answer.text
    board: dict[str, Any] = answer.json()
    (offer,) = board["open_hand_overs"]
    assert offer["hand_over_id"] == str(offered.hand_over_id)
    assert (offer["giver"], offer["offered"], offer["accepted"], offer["minutes"]) == ("秦", 2, 0, 68)
    assert [case["child"] for case in board["missing"]] == ["学生10"]
    assert len(board["late"]) == board["counts"]["late_waiting"] == 11
    assert {case["minutes_late"] for case in board["late"]} == {3, 63}
    assert {line["kind"] for line in board["recent"]} == {"received"}
    listed = (await leader.get("/api/v1/late-cases", **DAY, open_only=True)).json()["cases"]
    assert {case["case_id"] for case in listed} == {case["case_id"] for case in board["late"]}
    assert listed[0]["minutes_late"] == 63


async def test_the_board_takes_as_many_statements_for_a_thousand_children_as_for_ten(gate: Gate) -> None:
    """And is quick: what a thousand and two hundred children cost is counted, not guessed."""
    few = await statements_of(gate)
    await gate.change(
        "INSERT INTO child (school_id, child_id, student_no, name, initials, grade, class_name, boarder, removed)"
        " SELECT :school, gen_random_uuid(), number::text, '学生', 'xs', 3, '1班', false, false"
        " FROM generate_series(1, 1200) AS number",
        school=gate.school.school_id,
    )
    await gate.change(
        "INSERT INTO stay (school_id, service_on, child_id, turn, state, adult_id, room_id, received, walk_in,"
        " missing, due_home_at, last_number) SELECT school_id, :day, child_id, 1, 'in_care', :qin, :room, true,"
        " false, false, :home, 0 FROM child WHERE name = '学生'",
        day=MONDAY,
        qin=gate.school.qin,
        room=gate.school.rooms[0],
        home=HOME,
    )
    assert await statements_of(gate) == few <= 10
    board = await board_of(gate)
    assert board.counts["in_care"] == 1211
    assert sum(room["present"] for room in board.rooms) == 1211


async def test_the_planner_knows_of_a_days_rows_as_soon_as_they_are_laid_out(gate: Gate) -> None:
    """Without statistics it takes a fresh day for one row, and a board for two seconds."""
    known = await gate.rows(
        "SELECT relname, reltuples FROM pg_class WHERE relname IN ('stay', 'expectation')"
    )
    assert {row["relname"]: row["reltuples"] for row in known} == {"stay": 11, "expectation": 19}


async def statements_of(gate: Gate) -> int:
    """Return how many statements the board takes, its transaction's own left out."""
    seen: list[str] = []
    async with gate.db.transaction([gate.school.school_id]) as tx:
        connection = await tx.connection()
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None

        def note(query: Any) -> None:
            seen.append(query.query)

        with driver.query_logger(note):
            await duty_board(tx, gate.school.school_id, MONDAY, now=gate.clock.now())
    return len(seen)


async def test_a_teachers_bundle_holds_her_sessions_and_the_children_she_may_meet(
    gate: Gate, doors: Doors
) -> None:
    zhao = doors.as_person(Persona.TEACHER, {gate.school.school_id: gate.school.zhao})
    bundle = (await zhao.get("/api/v1/days/2026-11-23/bundle")).json()
    assert [session["name"] for session in bundle["sessions"]] == ["足球"]
    assert [child["name"] for child in bundle["children"]] == ["学生0", "学生1", "学生6", "学生7"]
    first, second = bundle["children"][:2]
    assert (first["state"], first["adult"], first["room"]) == ("in_care", "秦", "101")
    assert {person["relation"] for person in first["collectors"]} == {"母亲", "祖母"}
    assert second["blocked"] == ["某甲"]
    assert len(first["session_ids"]) == 2


async def test_a_child_without_a_signed_agreement_is_cared_for_and_flagged(gate: Gate, doors: Doors) -> None:
    school = gate.school
    zhao = doors.as_person(Persona.TEACHER, {school.school_id: school.zhao})

    async def flagged() -> list[str]:
        bundle = (await zhao.get("/api/v1/days/2026-11-23/bundle")).json()
        return [child["name"] for child in bundle["children"] if child["unsigned"]]

    assert await flagged() == []
    async with gate.db.transaction([school.school_id]) as tx:
        await tx.execute(text("UPDATE school SET agreement_number = 2"))
        await tx.execute(text("UPDATE child SET agreed_number = 1 WHERE name = '学生0'"))
        await tx.execute(text("UPDATE child SET agreed_number = 2 WHERE name IN ('学生1', '学生6')"))
    assert await flagged() == ["学生0", "学生7"]


async def test_a_homeroom_teachers_bundle_holds_her_class_and_a_leaders_everybody(
    gate: Gate, doors: Doors, leader: Caller
) -> None:
    homeroom = doors.as_person(Persona.TEACHER, {gate.school.school_id: gate.school.homeroom_2})
    hers = (await homeroom.get("/api/v1/days/2026-11-23/bundle", everyone=True)).json()
    assert [child["name"] for child in hers["children"]] == [f"学生{index}" for index in range(6, 11)]
    assert hers["sessions"] == []
    everybody = (await leader.get("/api/v1/days/2026-11-23/bundle", everyone=True)).json()
    assert len(everybody["children"]) == 11
    assert len(everybody["sessions"]) == 4


async def test_the_bundles_key_checks_a_pass_without_network(gate: Gate, doors: Doors) -> None:
    school = gate.school.school_id
    qin = doors.as_person(Persona.TEACHER, {school: gate.school.qin})
    mother = doors.as_person(Persona.GUARDIAN, {school: gate.school.guardians[0]})
    key = (await qin.get("/api/v1/days/2026-11-23/bundle")).json()["pass_key"]
    made = await mother.post("/api/v1/passes", DAY | {"child_ids": [str(gate.school.children[0])]})
    claims = jwt.decode(made.json()["qr"], key, algorithms=["ES256"], audience=AUDIENCE)
    assert claims["by"] == str(gate.school.guardians[0])
    assert claims["for"][0][1:] == [str(gate.school.children[0]), 1]


async def test_a_mother_sees_where_her_child_is_and_how_it_went_home(gate: Gate, doors: Doors) -> None:
    child = gate.school.children[0]
    mother = doors.as_person(Persona.GUARDIAN, {gate.school.school_id: gate.school.guardians[0]})
    (seen,) = (await mother.get("/api/v1/stays", **DAY)).json()["children"]
    assert (seen["child"], seen["school"], seen["state"]) == ("学生0", "测试小学", "in_care")
    assert (seen["adult"], seen["room"]) == ("秦", "101")
    assert seen["since"].startswith("2026-11-23T09:25")
    made = await gate.issue(gate.school.guardians[0], child, collector=gate.school.grandmother)
    await gate.release(gate.asked(code(made), child))
    (seen,) = (await mother.get("/api/v1/stays", **DAY, child_id=str(child))).json()["children"]
    assert (seen["state"], seen["taken_by"], seen["left_by"]) == ("released", "祖母", "code")


async def test_a_mother_hears_of_a_missing_child_when_she_is_told_and_not_before(
    gate: Gate, doors: Doors
) -> None:
    mother = doors.as_person(Persona.GUARDIAN, {gate.school.school_id: gate.school.guardians[0]})
    await gate.change(
        "INSERT INTO missing_case (school_id, service_on, case_id, child_id, turn, raised_at)"
        " VALUES (:school, :day, :case, :child, 1, :at)",
        school=gate.school.school_id,
        day=MONDAY,
        case=new_id(),
        child=gate.school.children[0],
        at=gate.clock.now(),
    )
    (seen,) = (await mother.get("/api/v1/stays", **DAY)).json()["children"]
    assert seen["missing_since"] is None
    await gate.change("UPDATE missing_case SET told_at = :at", at=gate.clock.now())
    (seen,) = (await mother.get("/api/v1/stays", **DAY)).json()["children"]
    assert seen["missing_since"] is not None


async def test_nobody_sees_the_children_of_others(gate: Gate, doors: Doors, leader: Caller) -> None:
    school = gate.school.school_id
    child = str(gate.school.children[0])
    other = doors.as_person(Persona.GUARDIAN, {school: gate.school.guardians[1]})
    assert (await other.get("/api/v1/stays", **DAY, child_id=child)).status_code == 404
    (seen,) = (await other.get("/api/v1/stays", **DAY)).json()["children"]
    assert seen["child"] == "学生1"
    grandmother = doors.as_person(Persona.GUARDIAN, {school: gate.school.grandmother})
    assert (await grandmother.get("/api/v1/stays", **DAY)).json()["children"] == []
    foreign = doors.as_person(Persona.GUARDIAN, {new_id(): gate.school.guardians[0]})
    assert (await foreign.get("/api/v1/stays", **DAY)).json()["children"] == []
    stranger = doors.as_person(Persona.DUTY_LEADER, {new_id(): gate.school.leader})
    assert (await stranger.get("/api/v1/stays", **DAY, child_id=child)).status_code == 404
    assert (await stranger.get("/api/v1/boards/duty", **DAY)).status_code == 404
    assert (await stranger.get("/api/v1/days/2026-11-23/bundle")).json()["children"] == []
    assert (await other.get("/api/v1/boards/duty", **DAY)).status_code == 403
    (seen,) = (await leader.get("/api/v1/stays", **DAY, child_id=child)).json()["children"]
    assert seen["child"] == "学生0"


async def test_a_mother_of_children_at_two_schools_sees_both(gate: Gate, doors: Doors) -> None:
    elsewhere = SmallSchool(code="S010")
    async with gate.db.transaction([elsewhere.school_id]) as tx:
        await settle(tx, elsewhere)
    mother = doors.as_person(
        Persona.GUARDIAN,
        {gate.school.school_id: gate.school.guardians[0], elsewhere.school_id: elsewhere.guardians[3]},
    )
    seen = (await mother.get("/api/v1/stays", **DAY)).json()["children"]
    assert [(child["child"], child["state"]) for child in seen] == [("学生0", "in_care"), ("学生3", None)]
    mixed = [str(gate.school.children[0]), str(elsewhere.children[3])]
    answer = await mother.post("/api/v1/passes", DAY | {"child_ids": mixed})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:kehou:problem:children-of-two-schools")

"""The gate over HTTP: what phones send, what they get, and that a refusal is kept."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.contracts.personas import Persona
from services.kernel.ids import new_id
from tests.attendance.at_the_gate import Gate
from tests.attendance.doors import Caller, Doors

PROBLEM = "application/problem+json"


@pytest.fixture
def mother(gate: Gate, doors: Doors) -> Caller:
    return doors.as_person(Persona.GUARDIAN, {gate.school.school_id: gate.school.guardians[0]})


@pytest.fixture
def qin(gate: Gate, doors: Doors) -> Caller:
    return doors.as_person(Persona.TEACHER, {gate.school.school_id: gate.school.qin})


def release_of(gate: Gate, proof: dict[str, Any], *children: UUID, **changes: Any) -> dict[str, Any]:
    return {
        "release_id": str(new_id()),
        "service_on": "2026-11-23",
        "occurred_at": gate.clock.now().isoformat(),
        "child_ids": [str(child) for child in children],
        "proof": proof,
        **changes,
    }


async def make_pass(gate: Gate, mother: Caller, **changes: Any) -> dict[str, Any]:
    body = {"service_on": "2026-11-23", "child_ids": [str(gate.school.children[0])], **changes}
    answer = await mother.post("/api/v1/passes", body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_mother_makes_a_pass_the_teacher_looks_at_it_and_the_child_goes(
    gate: Gate, mother: Caller, qin: Caller
) -> None:
    child = gate.school.children[0]
    made = await make_pass(gate, mother)
    assert len(made["code"]) == 6
    assert made["qr_refresh_seconds"] == 30
    for proof in ({"token": made["qr"]}, {"code": made["code"]}):
        seen = (await qin.post("/api/v1/passes/checking", {"service_on": "2026-11-23", **proof})).json()
        (line,) = seen["children"]
        assert (line["name"], line["collector"], line["relation"]) == ("学生0", "家长0", "母亲")
        assert line["may_go"] is True
    body = release_of(gate, {"kind": "qr", "token": made["qr"]}, child)
    answer = await qin.post("/api/v1/releases", body)
    assert answer.status_code == 200
    assert answer.json()["children"][0]["outcome"] == "released"
    assert (await qin.post("/api/v1/releases", body)).json() == answer.json()
    assert await gate.state(child) == "released"


async def test_the_qr_code_rotates_and_each_one_goes(gate: Gate, mother: Caller, qin: Caller) -> None:
    made = await make_pass(gate, mother)
    pass_id = made["passes"][0]["pass_id"]
    fresh = (await mother.get(f"/api/v1/passes/{pass_id}/qr")).json()
    assert fresh["passes"] == made["passes"]
    body = release_of(gate, {"kind": "qr", "token": fresh["qr"]}, gate.school.children[0])
    assert (await qin.post("/api/v1/releases", body)).status_code == 200
    gone = await mother.get(f"/api/v1/passes/{pass_id}/qr")
    assert (gone.status_code, gone.json()["type"]) == (410, "urn:kehou:problem:pass-no-longer-good")


async def test_nobody_else_rotates_it(gate: Gate, doors: Doors, mother: Caller) -> None:
    made = await make_pass(gate, mother)
    other = doors.as_person(Persona.GUARDIAN, {gate.school.school_id: gate.school.guardians[1]})
    foreign = doors.as_person(Persona.GUARDIAN, {new_id(): gate.school.guardians[0]})
    for caller in (other, foreign):
        answer = await caller.get(f"/api/v1/passes/{made['passes'][0]['pass_id']}/qr")
        assert answer.status_code == 404


async def test_a_refused_release_answers_with_its_problem_and_stays_on_record(
    gate: Gate, mother: Caller, qin: Caller
) -> None:
    made = await make_pass(gate, mother)
    body = release_of(
        gate, {"kind": "code", "code": made["code"]}, gate.school.children[0], person_matches=False
    )
    answer = await qin.post("/api/v1/releases", body)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == PROBLEM
    problem = answer.json()
    assert problem["type"] == "urn:kehou:problem:person-does-not-match"
    assert "请不要放人" in problem["detail"]
    assert (await qin.post("/api/v1/releases", body)).json() == problem
    (row,) = await gate.rows("SELECT reason, alarming FROM release_refusal")
    assert row == {"reason": "person-does-not-match", "alarming": True}


async def test_of_two_children_one_may_go_and_the_other_is_reported(
    gate: Gate, mother: Caller, qin: Caller
) -> None:
    here, there = gate.school.children[0], gate.school.children[6]
    await gate.make_siblings(here, there)
    made = await make_pass(gate, mother, child_ids=[str(here), str(there)])
    proof = {"kind": "code", "code": made["code"]}
    answer = await qin.post("/api/v1/releases", release_of(gate, proof, here, there))
    assert answer.status_code == 200
    released, refused = answer.json()["children"]
    assert released["outcome"] == "released"
    assert refused["outcome"] == "refused"
    assert refused["problem"]["type"] == "urn:kehou:problem:not-in-your-care"


async def test_when_none_of_two_may_go_each_ones_problem_is_told(gate: Gate, qin: Caller) -> None:
    children = gate.school.children[0], gate.school.children[6]
    answer = await qin.post("/api/v1/releases", release_of(gate, {"kind": "permission"}, *children))
    assert answer.status_code == 403
    problem = answer.json()
    assert problem["type"] == "urn:kehou:problem:not-allowed-alone"
    assert [each["child_id"] for each in problem["children"]] == [str(child) for child in children]


async def test_a_wrong_code_without_a_child_counts_against_the_phone(
    gate: Gate, mother: Caller, qin: Caller
) -> None:
    await gate.set_timings(phone_code_tries=2)
    made = await make_pass(gate, mother)
    look = {"service_on": "2026-11-23", "code": "CCCCCD"}
    first, second = [await qin.post("/api/v1/passes/checking", look) for _ in range(2)]
    assert first.json()["type"] == "urn:kehou:problem:unknown-pass"
    assert second.json()["type"] == "urn:kehou:problem:phone-guessed-too-often"
    closed = await qin.post("/api/v1/passes/checking", look | {"code": made["code"]})
    assert closed.json()["type"] == "urn:kehou:problem:phone-guessed-too-often"
    by_qr = await qin.post("/api/v1/passes/checking", {"service_on": "2026-11-23", "token": made["qr"]})
    assert by_qr.json()["children"][0]["may_go"] is True


async def test_looking_at_a_blocked_persons_pass_is_told_and_raises_the_alarm_once(
    gate: Gate, mother: Caller, qin: Caller
) -> None:
    made = await make_pass(gate, mother)
    await gate.block(gate.school.children[0], "家长0")
    look = {"service_on": "2026-11-23", "code": made["code"]}
    for _ in range(2):
        (line,) = (await qin.post("/api/v1/passes/checking", look)).json()["children"]
        assert line["may_go"] is False
        assert line["objections"][0]["type"] == "urn:kehou:problem:person-blocked"
    assert len(await gate.told("release-refused")) == 1


@pytest.mark.parametrize("minutes", [6, 60 * 24, -60 * 24])
async def test_a_phone_with_a_clock_astray_is_told_so(gate: Gate, qin: Caller, minutes: int) -> None:
    when = (gate.clock.now() + timedelta(minutes=minutes)).isoformat()
    body = release_of(gate, {"kind": "permission"}, gate.school.children[0], occurred_at=when)
    answer = await qin.post("/api/v1/releases", body)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:kehou:problem:release-clock-astray")


async def test_guardians_release_nobody_and_teachers_make_no_passes(
    gate: Gate, mother: Caller, qin: Caller
) -> None:
    body = release_of(gate, {"kind": "permission"}, gate.school.children[0])
    assert (await mother.post("/api/v1/releases", body)).status_code == 403
    passes = {"service_on": "2026-11-23", "child_ids": [str(gate.school.children[0])]}
    assert (await qin.post("/api/v1/passes", passes)).status_code == 403


async def test_a_foreign_school_sees_nothing(gate: Gate, doors: Doors, mother: Caller) -> None:
    made = await make_pass(gate, mother)
    stranger = doors.as_person(Persona.DUTY_LEADER, {new_id(): gate.school.leader})
    child = gate.school.children[0]
    answer = await stranger.post(
        "/api/v1/releases", release_of(gate, {"kind": "qr", "token": made["qr"]}, child)
    )
    assert answer.status_code == 404
    assert await gate.state(child) == "in_care"
    family = doors.as_person(Persona.GUARDIAN, {new_id(): gate.school.guardians[0]})
    passes = {"service_on": "2026-11-23", "child_ids": [str(child)]}
    assert (await family.post("/api/v1/passes", passes)).status_code == 404


async def test_on_my_way_over_http_is_granted_once_for_one_key(gate: Gate, mother: Caller) -> None:
    child = gate.school.children[0]
    await gate.change(
        "INSERT INTO late_case (school_id, service_on, case_id, child_id, turn, late_since, next_step, pauses)"
        " VALUES (:school, '2026-11-23', :case, :child, 1, :since, 1, 0)",
        school=gate.school.school_id,
        case=new_id(),
        child=child,
        since=gate.clock.now(),
    )
    until = {"until": (gate.clock.now() + timedelta(minutes=10)).isoformat()}
    key = str(new_id())
    answers = [await mother.post(f"/api/v1/late-cases/{child}/on-my-way", until, key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["pauses_left"] == 1
    other = await mother.post(f"/api/v1/late-cases/{gate.school.children[1]}/on-my-way", until)
    assert other.status_code == 404

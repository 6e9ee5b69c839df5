"""A child goes home once, and only from the hands that hold it."""

from datetime import timedelta

import pytest

from services.attendance.custody.errors import UnknownChild
from services.attendance.pickup import errors
from services.attendance.pickup.proof import Proof
from services.attendance.pickup.release_child import release_child
from services.kernel.ids import new_id
from tests.attendance.at_the_gate import ALONE, Gate, code, qr
from tests.attendance.small_school import MONDAY


async def test_a_child_goes_home_with_its_mother_by_qr_code(gate: Gate) -> None:
    child, mother = gate.school.children[0], gate.school.guardians[0]
    made = await gate.issue(mother, child)
    (outcome,) = await gate.release(gate.asked(qr(made), child))
    assert outcome.refusal is None
    assert await gate.state(child) == "released"
    (entry,) = await gate.rows("SELECT * FROM entry WHERE kind = 'released'")
    assert entry["entry_id"] == outcome.entry_id
    assert (entry["adult_before"], entry["adult_after"]) == (gate.school.qin, None)
    assert (entry["collector_id"], entry["method"]) == (mother, "pass")
    assert (entry["actor_id"], entry["device_id"]) == (gate.school.qin, gate.phone)
    (told,) = await gate.told("child-released")
    assert (told["child_id"], told["collector_id"], told["manner"]) == (str(child), str(mother), "collector")
    assert [row["state"] for row in await gate.rows("SELECT state FROM pass")] == ["used"]


async def test_the_six_characters_do_as_well_however_they_are_written(gate: Gate) -> None:
    child = gate.school.children[0]
    made = await gate.issue(gate.school.guardians[0], child)
    said = f" {made.code[:3].lower()}-{made.code[3:]} "
    (outcome,) = await gate.release(gate.asked(Proof("code", said), child))
    assert outcome.refusal is None
    (entry,) = await gate.rows("SELECT method FROM entry WHERE kind = 'released'")
    assert entry["method"] == "code"


async def test_siblings_go_together_by_one_pass(gate: Gate) -> None:
    older, younger = gate.school.children[0], gate.school.children[1]
    await gate.make_siblings(older, younger)
    made = await gate.issue(gate.school.guardians[0], older, younger)
    outcomes = await gate.release(gate.asked(code(made), older, younger))
    assert [outcome.refusal for outcome in outcomes] == [None, None]
    assert len(await gate.told("child-released")) == 2


async def test_siblings_with_two_teachers_are_released_by_each(gate: Gate) -> None:
    here, there = gate.school.children[0], gate.school.children[6]
    await gate.make_siblings(here, there)
    made = await gate.issue(gate.school.guardians[0], here, there)
    mine, hers = await gate.release(gate.asked(qr(made), here, there))
    assert mine.refusal is None
    assert isinstance(hers.refusal, errors.NotInYourCare)
    assert "陆老师" in hers.refusal.sentence()
    (later,) = await gate.release(gate.asked(qr(made), there, actor_id=gate.school.lu))
    assert later.refusal is None


async def test_the_same_request_again_gets_the_same_answer_and_writes_nothing(gate: Gate) -> None:
    child = gate.school.children[0]
    made = await gate.issue(gate.school.guardians[0], child)
    asked = gate.asked(code(made), child)
    first = await gate.release(asked)
    assert await gate.release(asked) == first
    assert len(await gate.rows("SELECT 1 FROM entry WHERE kind = 'released'")) == 1
    wrong = gate.asked(Proof("code", "CCCCCD"), gate.school.children[1])
    (once,), (again,) = await gate.release(wrong), await gate.release(wrong)
    assert once.refusal is not None
    assert again.refusal is not None
    assert once.refusal.problem() == again.refusal.problem()
    assert len(await gate.rows("SELECT 1 FROM release_refusal")) == 1
    (tries,) = await gate.rows("SELECT tries FROM code_try WHERE subject_id = :c", c=gate.school.children[1])
    assert tries["tries"] == 1


async def test_only_the_adult_in_charge_or_a_leader_releases(gate: Gate) -> None:
    child = gate.school.children[0]
    made = await gate.issue(gate.school.guardians[0], child)
    refusal = await gate.refused(code(made), child, actor_id=gate.school.lu)
    assert isinstance(refusal, errors.NotInYourCare)
    assert "秦老师" in refusal.sentence()
    assert "101" in refusal.sentence()
    asked = gate.asked(code(made), child, actor_id=gate.school.leader, is_leader=True)
    (outcome,) = await gate.release(asked)
    assert outcome.refusal is None


async def test_a_child_that_nobody_received_cannot_be_released(gate: Gate) -> None:
    child = gate.school.children[11]
    await gate.set_timings(self_release_from_grade=3)
    await gate.change("UPDATE self_release SET child_id = :child", child=child)
    refusal = await gate.refused(ALONE, child)
    assert isinstance(refusal, errors.ChildNotHere)
    assert "请先扫码接收" in refusal.sentence()


async def test_a_child_between_two_teachers_is_not_given_out(gate: Gate) -> None:
    child = gate.school.children[0]
    made = await gate.issue(gate.school.guardians[0], child)
    await gate.change("UPDATE stay SET state = 'in_transit' WHERE child_id = :child", child=child)
    refusal = await gate.refused(code(made), child)
    assert isinstance(refusal, errors.ChildOnTheWay)
    assert "秦老师" in refusal.sentence()


async def test_a_child_with_a_permission_goes_alone_from_the_grade_the_school_sets(gate: Gate) -> None:
    child = gate.school.children[9]
    lu = gate.school.lu
    assert isinstance(await gate.refused(ALONE, child, actor_id=lu), errors.NotAllowedAlone)
    await gate.set_timings(self_release_from_grade=3)
    (outcome,) = await gate.release(gate.asked(ALONE, child, actor_id=lu))
    assert outcome.refusal is None
    (told,) = await gate.told("child-released")
    assert (told["collector_id"], told["manner"]) == (None, "self")


async def test_a_child_without_a_permission_does_not_go_alone(gate: Gate) -> None:
    await gate.set_timings(self_release_from_grade=3)
    refusal = await gate.refused(ALONE, gate.school.children[8], actor_id=gate.school.lu)
    assert isinstance(refusal, errors.NotAllowedAlone)
    assert "请等家长来接" in refusal.sentence()
    await gate.change("UPDATE self_release SET valid_from = '2026-11-24'")
    assert isinstance(
        await gate.refused(ALONE, gate.school.children[9], actor_id=gate.school.lu), errors.NotAllowedAlone
    )


async def test_a_child_of_nobody_is_refused(gate: Gate) -> None:
    assert isinstance(await gate.refused(ALONE, new_id()), UnknownChild)


async def test_the_release_ends_the_childs_lateness(gate: Gate) -> None:
    child = gate.school.children[0]
    made = await gate.issue(gate.school.guardians[0], child)
    await gate.change(
        "INSERT INTO late_case (school_id, service_on, case_id, child_id, turn, late_since, next_step, pauses)"
        " VALUES (:school, :day, :case, :child, 1, :since, 1, 0)",
        school=gate.school.school_id,
        day=MONDAY,
        case=new_id(),
        child=child,
        since=gate.clock.now() - timedelta(minutes=5),
    )
    await gate.release(gate.asked(code(made), child))
    (case,) = await gate.rows("SELECT ended_at FROM late_case")
    assert case["ended_at"] == gate.clock.now()


async def test_a_release_that_is_rolled_back_leaves_nothing_behind(gate: Gate) -> None:
    child = gate.school.children[0]
    made = await gate.issue(gate.school.guardians[0], child)

    async def release_and_break() -> None:
        async with gate.db.transaction([gate.school.school_id]) as tx:
            await release_child(tx, gate.asked(code(made), child), keys=gate.keys, now=gate.clock.now())
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await release_and_break()
    assert await gate.state(child) == "in_care"
    assert [row["state"] for row in await gate.rows("SELECT state FROM pass")] == ["live"]
    assert not await gate.told("child-released")

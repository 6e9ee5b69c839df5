"""Who is refused at the gate learns what to do; what is alarming is told at once."""

from services.attendance.pickup import errors
from services.attendance.pickup.proof import Proof
from services.kernel.ids import new_id
from tests.attendance.at_the_gate import Gate, code, qr


async def test_a_pass_that_was_used_raises_the_alarm_when_somebody_shows_it_again(gate: Gate) -> None:
    child = gate.school.children[0]
    made = await gate.issue(gate.school.guardians[0], child)
    await gate.release(gate.asked(code(made), child))
    refusal = await gate.refused(code(made), child, actor_id=gate.school.leader, is_leader=True)
    assert isinstance(refusal, errors.PassUsed)
    assert "17:25" in refusal.sentence()
    (told,) = await gate.told("release-refused")
    assert told["alarming"] is True
    assert told["leaders"] == sorted([str(gate.school.leader), str(gate.school.principal)])


async def test_a_second_tap_of_the_same_teacher_is_no_alarm(gate: Gate) -> None:
    child = gate.school.children[0]
    made = await gate.issue(gate.school.guardians[0], child)
    await gate.release(gate.asked(code(made), child))
    refusal = await gate.refused(code(made), child)
    assert isinstance(refusal, errors.AlreadyReleased)
    assert "由母亲接走" in refusal.sentence()
    assert not await gate.told("release-refused")


async def test_another_childs_code_is_refused(gate: Gate) -> None:
    mine, other = gate.school.children[0], gate.school.children[2]
    made = await gate.issue(gate.school.guardians[0], mine)
    assert isinstance(await gate.refused(code(made), other), errors.PassForAnother)
    assert isinstance(await gate.refused(qr(made), other), errors.PassForAnother)
    assert await gate.state(other) == "in_care"


async def test_a_stranger_with_a_stolen_code_is_refused_and_everybody_hears_of_it(gate: Gate) -> None:
    child = gate.school.children[0]
    made = await gate.issue(gate.school.guardians[0], child)
    refusal = await gate.refused(code(made), child, person_matches=False)
    assert isinstance(refusal, errors.PersonDoesNotMatch)
    assert "留在您身边" in refusal.sentence()
    assert await gate.state(child) == "in_care"
    (told,) = await gate.told("release-refused")
    assert told["reason"] == "person-does-not-match"
    assert isinstance(await gate.refused(code(made), child), errors.PassRevoked)


async def test_a_code_stolen_for_one_child_is_dead_for_its_sibling(gate: Gate) -> None:
    one, other = gate.school.children[0], gate.school.children[1]
    await gate.make_siblings(one, other)
    made = await gate.issue(gate.school.guardians[0], one, other)
    await gate.refused(code(made), one, person_matches=False)
    assert isinstance(await gate.refused(code(made), other), errors.PassRevoked)


async def test_a_blocked_person_is_known_by_name_even_with_a_good_pass(gate: Gate) -> None:
    child = gate.school.children[0]
    made = await gate.issue(gate.school.guardians[0], child)
    await gate.block(child, "家 长0")
    refusal = await gate.refused(code(made), child)
    assert isinstance(refusal, errors.PersonBlocked)
    assert len(await gate.told("release-refused")) == 1
    await gate.refused(code(made), child)
    assert len(await gate.told("release-refused")) == 1, "the same alarm is not raised twice in ten minutes"


async def test_an_authorisation_that_ended_is_refused(gate: Gate) -> None:
    child = gate.school.children[0]
    made = await gate.issue(gate.school.guardians[0], child, collector=gate.school.grandmother)
    for change in ("valid_until = '2026-11-22'", "valid_until = NULL, weekdays = '{2,4}'"):
        await gate.change(f"UPDATE collector SET {change} WHERE NOT is_guardian")  # noqa: S608 - words of this test
        refusal = await gate.refused(code(made), child)
        assert isinstance(refusal, errors.CollectorNotToday)
        assert "奶奶" in refusal.sentence()


async def test_a_right_that_was_taken_away_after_the_pass_was_made_is_gone(gate: Gate) -> None:
    child = gate.school.children[0]
    made = await gate.issue(gate.school.guardians[0], child)
    await gate.change("UPDATE collector SET may_collect = false WHERE child_id = :child", child=child)
    assert isinstance(await gate.refused(code(made), child), errors.CollectorMayNotCollect)


async def test_a_collector_who_is_certainly_too_young_is_refused(gate: Gate) -> None:
    child = gate.school.children[0]
    made = await gate.issue(gate.school.guardians[0], child, collector=gate.school.grandmother)
    await gate.change("UPDATE collector SET birth_year = 2010 WHERE NOT is_guardian")
    refusal = await gate.refused(code(made), child)
    assert isinstance(refusal, errors.CollectorUnderage)
    assert "18" in refusal.sentence()


async def test_guessing_ends_after_five_wrong_codes_for_a_child(gate: Gate) -> None:
    child = gate.school.children[0]
    made = await gate.issue(gate.school.guardians[0], child)
    left = []
    for _ in range(4):
        refusal = await gate.refused(Proof("code", "CCCCCD"), child, device_id=new_id())
        assert isinstance(refusal, errors.UnknownPass)
        left.append(refusal.facts["tries_left"])
    assert left == [4, 3, 2, 1]
    for _ in range(2):
        refusal = await gate.refused(Proof("code", "CCCCCD"), child, device_id=new_id())
        assert isinstance(refusal, errors.TooManyTries)
    assert isinstance(await gate.refused(code(made), child, device_id=new_id()), errors.TooManyTries)
    assert len(await gate.told("release-refused")) == 1, "told once, when the tries were used up"
    (outcome,) = await gate.release(gate.asked(qr(made), child))
    assert outcome.refusal is None, "the QR code cannot be guessed and still goes"


async def test_guessing_ends_for_a_phone_and_its_holder_whichever_children_they_try(gate: Gate) -> None:
    await gate.set_timings(phone_code_tries=3)
    made = await gate.issue(gate.school.guardians[5], gate.school.children[5])
    for index in range(2):
        refusal = await gate.refused(Proof("code", "CCCCCD"), gate.school.children[index])
        assert isinstance(refusal, errors.UnknownPass)
    for index in (2, 3):
        refusal = await gate.refused(Proof("code", "CCCCCD"), gate.school.children[index])
        assert isinstance(refusal, errors.PhoneGuessedTooOften)
    afresh = await gate.refused(code(made), gate.school.children[5], device_id=new_id())
    assert isinstance(afresh, errors.PhoneGuessedTooOften), "who logs in on a fresh device guesses no further"
    asked = gate.asked(
        code(made), gate.school.children[5], actor_id=gate.school.leader, is_leader=True, device_id=new_id()
    )
    (outcome,) = await gate.release(asked)
    assert outcome.refusal is None

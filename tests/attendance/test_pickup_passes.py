"""Who gets a pass, what it proves, and when it dies."""

from datetime import timedelta

import pytest

from services.attendance.pickup import errors
from services.attendance.pickup.pass_token import PassClaims, PassLine, read_pass, sign_pass
from services.attendance.pickup.proof import Proof
from services.kernel.ids import new_id
from services.kernel.problems import NotYours
from services.kernel.tokens import Signer, make_key
from tests.attendance.at_the_gate import Gate, code, qr
from tests.attendance.small_school import MONDAY


async def test_of_a_code_only_a_keyed_hash_is_kept(gate: Gate) -> None:
    made = await gate.issue(gate.school.guardians[0], gate.school.children[0])
    (row,) = await gate.rows("SELECT code_hash FROM pass")
    assert len(row["code_hash"]) == 32
    assert made.code.encode() not in row["code_hash"]


async def test_a_newer_pass_replaces_the_older_one(gate: Gate) -> None:
    child, mother = gate.school.children[0], gate.school.guardians[0]
    old, new = await gate.issue(mother, child), await gate.issue(mother, child)
    assert isinstance(await gate.refused(code(old), child), errors.PassReplaced)
    (outcome,) = await gate.release(gate.asked(code(new), child))
    assert outcome.refusal is None


async def test_grandmother_has_a_pass_beside_the_mothers(gate: Gate) -> None:
    child, mother = gate.school.children[0], gate.school.guardians[0]
    hers = await gate.issue(mother, child, collector=gate.school.grandmother)
    await gate.issue(mother, child)
    (outcome,) = await gate.release(gate.asked(code(hers), child))
    assert outcome.refusal is None
    (entry,) = await gate.rows("SELECT collector_id FROM entry WHERE kind = 'released'")
    assert entry["collector_id"] == gate.school.grandmother


async def test_a_qr_code_is_good_for_its_short_life_only(gate: Gate) -> None:
    child = gate.school.children[0]
    made = await gate.issue(gate.school.guardians[0], child)
    claims = read_pass(gate.keys.verifier, made.qr)
    stale = sign_pass(gate.keys.signer, claims, life=timedelta(seconds=-1))
    assert isinstance(await gate.refused(Proof("qr", stale), child), errors.PassExpired)


async def test_a_forged_qr_code_is_unreadable(gate: Gate) -> None:
    child = gate.school.children[0]
    made = await gate.issue(gate.school.guardians[0], child)
    claims = read_pass(gate.keys.verifier, made.qr)
    pem, _ = make_key()
    forged = sign_pass(Signer("attendance", pem), claims, life=timedelta(minutes=1))
    for token in (forged, made.qr[:-3] + "abc", "https://example.com", "", "大家好", "a.b.c", "null"):
        assert isinstance(await gate.refused(Proof("qr", token), child), errors.UnreadablePass)


async def test_a_pass_ends_with_its_day(gate: Gate) -> None:
    child = gate.school.children[0]
    made = await gate.issue(gate.school.guardians[0], child)
    gate.set(gate.clock.now() + timedelta(days=1))
    assert isinstance(await gate.refused(code(made), child), errors.PassExpired)
    assert isinstance(await gate.refused(qr(made), child), errors.PassExpired)


async def test_a_token_for_children_that_were_never_issued_a_pass_proves_nothing(gate: Gate) -> None:
    child = gate.school.children[0]
    claims = PassClaims(
        gate.school.school_id, MONDAY, gate.school.guardians[0], (PassLine(new_id(), child, 1),)
    )
    token = sign_pass(gate.keys.signer, claims, life=timedelta(minutes=1))
    assert isinstance(await gate.refused(Proof("qr", token), child), errors.PassForAnother)


async def test_no_pass_for_somebody_elses_child(gate: Gate) -> None:
    with pytest.raises(NotYours):
        await gate.issue(gate.school.guardians[0], gate.school.children[1])
    with pytest.raises(NotYours):
        await gate.issue(gate.school.guardians[0], gate.school.children[0], gate.school.children[1])
    with pytest.raises(NotYours):
        await gate.issue(new_id(), gate.school.children[0])


async def test_a_collector_makes_a_pass_for_nobody_else(gate: Gate) -> None:
    with pytest.raises(NotYours):
        await gate.issue(gate.school.grandmother, gate.school.children[0], collector=gate.school.guardians[0])


async def test_a_guardian_who_may_not_collect_cannot_send_grandmother_instead(gate: Gate) -> None:
    child = gate.school.children[0]
    await gate.change("UPDATE collector SET may_collect = false WHERE is_guardian")
    with pytest.raises(errors.PassNotIssued) as caught:
        await gate.issue(gate.school.guardians[0], child, collector=gate.school.grandmother)
    assert "没有接送授权" in caught.value.sentence()


async def test_no_pass_for_a_blocked_person_or_a_child_that_went_home(gate: Gate) -> None:
    child, mother = gate.school.children[0], gate.school.guardians[0]
    made = await gate.issue(mother, child)
    await gate.release(gate.asked(code(made), child))
    with pytest.raises(errors.NothingToCollect):
        await gate.issue(mother, child)
    await gate.block(gate.school.children[2], "家长2")
    with pytest.raises(errors.PassNotIssued):
        await gate.issue(gate.school.guardians[2], gate.school.children[2])


async def test_no_pass_on_another_day(gate: Gate) -> None:
    gate.set(gate.clock.now() + timedelta(days=1))
    with pytest.raises(errors.PassesAreForToday):
        await gate.issue(gate.school.guardians[0], gate.school.children[0])

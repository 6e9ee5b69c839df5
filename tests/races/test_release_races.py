"""Two phones ask for the same child at the same moment: one gets it. Shown without the lock, cured with it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import pytest
from asyncpg import UniqueViolationError
from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody import lock_stays
from services.attendance.custody.append_entries import Line, append_entries
from services.attendance.custody.rules.take_step import HeldStay, Step
from services.attendance.pickup import check_pass, errors, release_child
from services.attendance.pickup.proof import Proof
from services.kernel.ids import new_id
from services.kernel.problems import Refusal
from tests.attendance.at_the_gate import Gate, code
from tests.attendance.small_school import MONDAY


async def dawdle(
    tx: AsyncSession,
    stays: Mapping[UUID, HeldStay],
    steps: Sequence[Step],
    *,
    school_id: UUID,
    service_on: date,
    now: datetime,
) -> list[Line]:
    """Write as the real one does, a tenth of a second late: enough for everybody to have read."""
    await asyncio.sleep(0.1)
    return await append_entries(tx, stays, steps, school_id=school_id, service_on=service_on, now=now)


async def mother_and_grandmother_at_once(gate: Gate) -> list[object]:
    """Both come for the same child with good passes, at two teachers' phones."""
    child, mother = gate.school.children[0], gate.school.guardians[0]
    hers = await gate.issue(mother, child)
    grandmothers = await gate.issue(mother, child, collector=gate.school.grandmother)
    first = gate.asked(code(hers), child)
    second = gate.asked(
        code(grandmothers), child, actor_id=gate.school.leader, is_leader=True, device_id=new_id()
    )
    outcomes = await asyncio.gather(gate.release(first), gate.release(second), return_exceptions=True)
    return [outcome if isinstance(outcome, BaseException) else outcome[0].refusal for outcome in outcomes]


async def test_without_the_lock_both_phones_see_the_child_in_care(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both go on to release it; only the gap-free number of the ledger's lines stops the second, as a fault."""
    monkeypatch.setattr(lock_stays, "LOCK", lock_stays.LOCK.replace("FOR NO KEY UPDATE", ""))
    monkeypatch.setattr(release_child, "append_entries", dawdle)
    outcomes = await mother_and_grandmother_at_once(gate)
    assert not any(isinstance(outcome, errors.AlreadyReleased) for outcome in outcomes)
    assert any(isinstance(outcome, UniqueViolationError) for outcome in outcomes)


async def test_with_the_lock_the_second_phone_learns_who_took_the_child(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release_child, "append_entries", dawdle)
    outcomes = await mother_and_grandmother_at_once(gate)
    refused = [outcome for outcome in outcomes if outcome is not None]
    assert [type(outcome) for outcome in refused] == [errors.AlreadyReleased]
    assert len(await gate.rows("SELECT 1 FROM entry WHERE kind = 'released'")) == 1
    assert len(await gate.told("child-released")) == 1
    assert len(await gate.rows("SELECT 1 FROM pass WHERE state = 'used'")) == 1


async def test_one_pass_shown_at_eight_phones_releases_once(gate: Gate) -> None:
    child = gate.school.children[0]
    made = await gate.issue(gate.school.guardians[0], child)
    asked = [
        gate.asked(code(made), child, actor_id=gate.school.leader, is_leader=True, device_id=new_id())
        for _ in range(8)
    ]
    outcomes = await asyncio.gather(*(gate.release(each) for each in asked))
    assert [outcome.refusal for (outcome,) in outcomes].count(None) == 1
    assert len(await gate.rows("SELECT 1 FROM entry WHERE kind = 'released'")) == 1


async def test_the_same_request_sent_twice_at_once_is_one_release(gate: Gate) -> None:
    child = gate.school.children[0]
    made = await gate.issue(gate.school.guardians[0], child)
    asked = gate.asked(code(made), child)
    first, second = await asyncio.gather(gate.release(asked), gate.release(asked))
    assert first == second
    assert first[0].refusal is None
    assert not await gate.rows("SELECT 1 FROM release_refusal")


async def test_siblings_asked_for_in_either_order_never_wait_in_a_circle(gate: Gate) -> None:
    one, other = gate.school.children[0], gate.school.children[1]
    await gate.make_siblings(one, other)
    made = await gate.issue(gate.school.guardians[0], one, other)
    asked = [gate.asked(code(made), *pair) for pair in ((one, other), (other, one)) for _ in range(3)]
    outcomes = await asyncio.gather(*(gate.release(each) for each in asked))
    released = [outcome for outcome_list in outcomes for outcome in outcome_list if outcome.refusal is None]
    assert {outcome.child_id for outcome in released} == {one, other}
    assert len(released) == 2


async def test_twenty_guesses_at_once_are_counted_one_by_one(gate: Gate) -> None:
    """From twenty phones, by looking at the code rather than asking for the child: no stay is locked there."""
    child = gate.school.children[0]

    async def guess() -> str:
        asked = check_pass.LookAsked(
            school_id=gate.school.school_id,
            service_on=MONDAY,
            child_ids=(child,),
            proof=Proof("code", "CCCCCD"),
            actor_id=gate.school.qin,
            device_id=new_id(),
            is_leader=False,
        )
        async with gate.db.transaction([gate.school.school_id]) as tx:
            seen = await check_pass.check_pass(tx, asked, keys=gate.keys, now=gate.clock.now())
        assert not isinstance(seen, Refusal)
        return seen[0].objections[0].slug()

    answers = await asyncio.gather(*(guess() for _ in range(20)))
    assert answers.count("unknown-pass") == 4
    assert answers.count("too-many-tries") == 16
    assert len(await gate.told("release-refused")) == 1

"""Give children to the adult who came for them, or let them go home alone: one transaction, the heart of the gate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.append_entries import append_entries
from services.attendance.custody.lock_stays import lock_stays
from services.attendance.custody.rules.take_step import HeldStay, Method, Step
from services.attendance.lateness.end_late_cases import end_late_cases
from services.attendance.pickup.judge_release import Judgement, judge_release
from services.attendance.pickup.proof import PassKeys, Proof
from services.attendance.pickup.refuse_person import refuse_person
from services.attendance.pickup.refuse_release import Attempt, RefusedChild, refusal_from, refuse_release
from services.contracts.facts.attendance import ChildReleased
from services.kernel.database.transaction import raw
from services.kernel.letters.announce import announce
from services.kernel.problems import Refusal

METHODS: dict[str, Method] = {"qr": "pass", "code": "code", "permission": "permission"}
USE = """
UPDATE pass SET state = 'used', settled_at = $3
 WHERE school_id = $1 AND service_on = $2 AND pass_id = ANY($4::uuid[])
"""
ANSWERED = """
SELECT child_id, entry_id, NULL::text AS problem FROM entry
 WHERE school_id = $1 AND service_on = $2 AND entry_id = ANY($3::uuid[])
UNION ALL
SELECT child_id, NULL, problem::text FROM release_refusal
 WHERE school_id = $1 AND service_on = $2 AND refusal_id = ANY($3::uuid[])
"""


@dataclass(frozen=True, slots=True)
class ReleaseAsked:
    """Who asks for which children. ``release_id`` is made by the phone: the same one gets the same answer.

    ``occurred_at`` is when they left, by the phone. ``person_matches``: the teacher looked at name, relation and
    person, and they agree.
    """

    release_id: UUID
    school_id: UUID
    service_on: date
    child_ids: tuple[UUID, ...]
    proof: Proof
    person_matches: bool
    occurred_at: datetime
    actor_id: UUID
    device_id: UUID | None
    is_leader: bool

    def line_id(self, child_id: UUID) -> UUID:
        """Return the id of the entry, or refusal, that this request makes for a child."""
        return uuid5(self.release_id, str(child_id))

    def attempt(self) -> Attempt:
        """Return who tried, where and when."""
        return Attempt(self.school_id, self.service_on, self.actor_id, self.device_id, self.occurred_at)


@dataclass(frozen=True, slots=True)
class ReleaseOutcome:
    """What became of one child: released by ``entry_id``, or refused."""

    child_id: UUID
    entry_id: UUID | None
    refusal: Refusal | None


async def release_child(
    tx: AsyncSession, asked: ReleaseAsked, *, keys: PassKeys, now: datetime
) -> list[ReleaseOutcome]:
    """Release each child that may go and refuse the others, in the order asked; each refusal is a row.

    Locks stays (by child), then wrong-code counts, then passes, then late cases. The locks are what makes a
    release happen once: of two phones the second reads what the first did (tests/races shows it without).
    ``now`` is the domain's instant (UTC).
    """
    stays = await lock_stays(tx, asked.school_id, asked.service_on, asked.child_ids)
    known = await _answered(tx, asked)
    fresh = [child_id for child_id in dict.fromkeys(asked.child_ids) if child_id not in known]
    if fresh:
        judged = await judge_release(tx, asked, fresh, stays, keys=keys, now=now)
        known |= await _refuse(tx, asked, [each for each in judged if each.objections], now=now)
        known |= await _release(tx, asked, [each for each in judged if not each.objections], stays, now=now)
    return [known[child_id] for child_id in dict.fromkeys(asked.child_ids)]


async def _answered(tx: AsyncSession, asked: ReleaseAsked) -> dict[UUID, ReleaseOutcome]:
    """Return what this very request was answered before, on a connection that broke."""
    ids = [asked.line_id(child_id) for child_id in asked.child_ids]
    rows = await (await raw(tx)).fetch(ANSWERED, asked.school_id, asked.service_on, ids)
    return {
        row["child_id"]: ReleaseOutcome(
            row["child_id"], row["entry_id"], refusal_from(row["problem"]) if row["problem"] else None
        )
        for row in rows
    }


async def _refuse(
    tx: AsyncSession, asked: ReleaseAsked, refused: Sequence[Judgement], *, now: datetime
) -> dict[UUID, ReleaseOutcome]:
    if not asked.person_matches:
        shown = [each.shown for each in refused if each.shown]
        await refuse_person(tx, asked.school_id, shown, service_on=asked.service_on, now=now)
    rows = [
        RefusedChild(asked.line_id(each.child_id), each.child_id, each.shown, each.objections[0])
        for each in refused
    ]
    await refuse_release(tx, asked.attempt(), rows, now=now)
    return {each.child_id: ReleaseOutcome(each.child_id, None, each.refusal) for each in rows}


async def _release(
    tx: AsyncSession,
    asked: ReleaseAsked,
    cleared: Sequence[Judgement],
    stays: dict[UUID, HeldStay],
    *,
    now: datetime,
) -> dict[UUID, ReleaseOutcome]:
    if not cleared:
        return {}
    steps = [
        Step(
            entry_id=asked.line_id(each.child_id),
            child_id=each.child_id,
            kind="released",
            method=METHODS[asked.proof.kind],
            occurred_at=asked.occurred_at,
            actor_id=asked.actor_id,
            state_after="released",
            device_id=asked.device_id,
            collector_id=each.shown.collector_id if each.shown else None,
        )
        for each in cleared
    ]
    await append_entries(tx, stays, steps, school_id=asked.school_id, service_on=asked.service_on, now=now)
    used = [each.shown.pass_id for each in cleared if each.shown]
    if used:
        await (await raw(tx)).execute(USE, asked.school_id, asked.service_on, asked.occurred_at, used)
    gone = [each.child_id for each in cleared]
    await end_late_cases(tx, asked.school_id, asked.service_on, gone, ended_at=asked.occurred_at)
    await announce(tx, *(_fact(asked, step) for step in steps), now=now)
    return {step.child_id: ReleaseOutcome(step.child_id, step.entry_id, None) for step in steps}


def _fact(asked: ReleaseAsked, step: Step) -> ChildReleased:
    return ChildReleased(
        at=asked.occurred_at,
        school_id=asked.school_id,
        entry_id=step.entry_id,
        child_id=step.child_id,
        service_on=asked.service_on,
        collector_id=step.collector_id,
        manner="collector" if step.collector_id else "self",
    )

"""Look at a pass before giving a child away: what the teacher must see, and whether the child may go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.lock_stays import COLUMNS
from services.attendance.custody.rules.take_step import HeldStay
from services.attendance.pickup.errors import ALARMING
from services.attendance.pickup.judge_release import Judgement, judge_release
from services.attendance.pickup.pass_token import read_pass
from services.attendance.pickup.proof import PassKeys, Proof
from services.attendance.pickup.read_proof import Gate, children_behind_code, hands_of
from services.attendance.pickup.refuse_release import Attempt, RefusedChild, refuse_release
from services.attendance.roster.school_settings import school_settings
from services.kernel.database.transaction import raw
from services.kernel.ids import new_id
from services.kernel.problems import Refusal

STAYS = f"""
SELECT DISTINCT ON (child_id) {COLUMNS} FROM stay
 WHERE school_id = $1 AND service_on = $2 AND child_id = ANY($3::uuid[]) ORDER BY child_id, turn DESC
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class LookAsked:
    """Who looks at which proof; ``child_ids`` may be empty: the proof itself says whose it is."""

    school_id: UUID
    service_on: date
    child_ids: tuple[UUID, ...]
    proof: Proof
    actor_id: UUID
    device_id: UUID | None
    is_leader: bool
    person_matches: bool = True


async def check_pass(
    tx: AsyncSession, asked: LookAsked, *, keys: PassKeys, now: datetime
) -> list[Judgement] | Refusal:
    """Return a judgement for each child behind the proof, or why there is none.

    Nothing is used up by looking. A wrong code counts, and what is alarming is written down and told as if the
    child had been asked for: so the caller answers without raising, and its transaction commits.
    """
    child_ids = asked.child_ids or await _children_behind(tx, asked, keys=keys)
    if isinstance(child_ids, Refusal):
        return child_ids
    rows = await (await raw(tx)).fetch(STAYS, asked.school_id, asked.service_on, list(child_ids))
    stays = {row["child_id"]: HeldStay(*row) for row in rows}
    judged = await judge_release(tx, asked, child_ids, stays, keys=keys, now=now)
    alarming = [each for each in judged if each.objections and type(each.objections[0]) in ALARMING]
    attempt = Attempt(asked.school_id, asked.service_on, asked.actor_id, asked.device_id, now)
    refused = [
        RefusedChild(new_id(), each.child_id, each.shown, each.objections[0])
        for each in alarming
        if each.child is not None
    ]
    await refuse_release(tx, attempt, refused, now=now)
    return judged


async def _children_behind(tx: AsyncSession, asked: LookAsked, *, keys: PassKeys) -> Sequence[UUID] | Refusal:
    if asked.proof.kind == "qr":
        try:
            return [line.child_id for line in read_pass(keys.verifier, asked.proof.word).lines]
        except Refusal as refusal:
            return refusal
    settings = await school_settings(tx, asked.school_id)
    gate = Gate(asked.school_id, asked.service_on, hands_of(asked.actor_id, asked.device_id), keys, settings)
    found = await children_behind_code(tx, gate, asked.proof.word)
    return found if isinstance(found, Refusal) else sorted(found)

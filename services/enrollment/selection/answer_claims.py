"""Answer claims that came with keys: the first time by claiming, ever after with the same words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.selection.claim_places import Claim, Given, claim_places
from services.enrollment.selection.lock_children import lock_children
from services.kernel.problems import Refusal
from services.kernel.web.once import AskedOnce
from services.kernel.web.stored_answers import keep_answers, stored_answers


@dataclass(frozen=True, slots=True)
class AskedClaim:
    """A claim as it came in."""

    claim: Claim
    once: AskedOnce


@dataclass(frozen=True, slots=True)
class Answered:
    """The place, as JSON; ``again``: it had been given before, to the same request."""

    body: bytes
    again: bool


async def answer_claims(
    tx: AsyncSession,
    school_id: UUID,
    asked: Sequence[AskedClaim],
    *,
    written: Callable[[Given], bytes],
    now: datetime,
) -> list[Answered | Refusal]:
    """Answer each claim, in the order given; no key may come twice among them. ``written`` shapes a place.

    The children are locked before keys are read: a retry that overtakes its first attempt waits for it.

    Raises:
        KeyTakenMeanwhile: somebody used one of these keys for another request just now; nothing may be kept.
    """
    children = await lock_children(tx, school_id, {one.claim.child_id for one in asked})
    stored = await stored_answers(tx, [one.once for one in asked])
    fresh = [one for one in asked if one.once not in stored]
    claims = [one.claim for one in fresh]
    outcomes = await claim_places(tx, school_id, claims, children=children, now=now) if claims else []
    first: dict[AskedOnce, bytes | Refusal] = {
        one.once: outcome if isinstance(outcome, Refusal) else written(outcome)
        for one, outcome in zip(fresh, outcomes, strict=True)
    }
    await keep_answers(tx, {once: body for once, body in first.items() if isinstance(body, bytes)})
    return [_answer(stored.get(one.once), first.get(one.once)) for one in asked]


def _answer(before: bytes | Refusal | None, fresh: bytes | Refusal | None) -> Answered | Refusal:
    told = fresh if before is None else before
    if isinstance(told, bytes):
        return Answered(told, again=before is not None)
    assert told is not None  # noqa: S101 - each was stored, or is fresh
    return told

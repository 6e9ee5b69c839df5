"""Rounds: officers announce them, families see theirs, everybody sees their times and hashes (R02)."""

from datetime import time
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, Field

from services.contracts.personas import OFFICERS, Persona
from services.enrollment.draw.rules.say_order import said_order
from services.enrollment.given import Cipher, PolicyInForce
from services.enrollment.policy import Policy
from services.enrollment.rounds.announce_round import announce_round
from services.enrollment.rounds.cancel_round import cancel_round
from services.enrollment.rounds.change_round import Correction, change_round
from services.enrollment.rounds.children_in_rounds import ChildInRound, children_in_rounds
from services.enrollment.rounds.errors import UnknownRound
from services.enrollment.rounds.pick_offerings import Picked
from services.enrollment.rounds.rules.plan import RoundPlan
from services.enrollment.rounds.school_rounds import RoundSeen, school_rounds
from services.enrollment.schools.current_term import current_term
from services.kernel.clock import school_day
from services.kernel.tokens import Identity
from services.kernel.web.dependencies import Caller, Now, PublicTx, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1")

Title = Annotated[str, Field(min_length=1, max_length=60)]
Reason = Annotated[str, Field(min_length=1, max_length=200)]
Clubs = Annotated[int, Field(ge=1, le=14)]
Wishes = Annotated[int, Field(ge=1, le=20)]
Ids = Annotated[list[UUID], Field(max_length=1000)]
Kinds = Annotated[list[str], Field(max_length=30)]
Moment = AwareDatetime


class RoundIn(BaseModel):
    """A round to announce: offerings one by one, or all published ones of some kinds. Default term: the current."""

    school_id: UUID
    term_id: UUID | None = None
    kind: Literal["preference", "first_come"]
    title: Title
    visible_from: Moment
    opens_at: Moment
    closes_at: Moment
    results_at: Moment
    most_clubs: Clubs
    most_wishes: Wishes = 5
    frees_at: time | None = None
    offering_ids: Ids = []
    kinds: Kinds = []


class RoundChangeIn(BaseModel):
    """What becomes different; what is left out stays. Once the round is open: ``closes_at``, ``results_at`` only."""

    school_id: UUID
    reason: Reason
    title: Title | None = None
    visible_from: Moment | None = None
    opens_at: Moment | None = None
    closes_at: Moment | None = None
    results_at: Moment | None = None
    most_clubs: Clubs | None = None
    most_wishes: Wishes | None = None
    frees_at: time | None = None
    offering_ids: Ids | None = None
    kinds: Kinds | None = None


class CancellationIn(BaseModel):
    """Why the round does not take place; families read it."""

    school_id: UUID
    reason: Reason


class RoundOfferingOut(BaseModel):
    """An offering of the round; ``free`` counts places that could be given now."""

    offering_id: UUID
    code: str
    title: str
    kind: str
    state: str
    weekdays: list[int]
    starts: time
    ends: time
    grades: list[int]
    classes: list[str] | None
    by_invitation: bool
    capacity: int
    free: int
    minimum_size: int
    content: str
    teacher: str | None
    room: str | None


class ChildInRoundOut(BaseModel):
    """One of the caller's children: what of the round is meant for it, and when its list came in."""

    child_id: UUID
    name: str
    may_choose: bool
    offering_ids: list[UUID]
    submitted_at: AwareDatetime | None


class RoundChangeOut(BaseModel):
    """What was changed after the announcement, for everybody to see."""

    changed_at: AwareDatetime
    reason: str
    was: dict[str, Any]
    became: dict[str, Any]


class PublicRoundOut(BaseModel):
    """A round's rule, times and hashes: ``seed_hash`` is fixed by the announcement, ``entries_root`` by the close.

    ``order`` says in a paragraph who comes before whom in the draw, and how it places; none where nothing is drawn.
    """

    school_id: UUID
    round_id: UUID
    kind: Literal["preference", "first_come"]
    title: str
    phase: Literal["hidden", "visible", "open", "closed", "out"]
    order: str | None
    visible_from: AwareDatetime
    opens_at: AwareDatetime
    closes_at: AwareDatetime
    results_at: AwareDatetime
    most_clubs: int
    most_wishes: int
    frees_at: time | None
    seed_hash: str | None
    entries_root: str | None
    cancelled_at: AwareDatetime | None
    cancel_reason: str | None
    changes: list[RoundChangeOut]


class RoundOut(PublicRoundOut):
    """A round with its offerings; ``children`` are the caller's own."""

    term_id: UUID
    closed_at: AwareDatetime | None
    drawn_at: AwareDatetime | None
    published_at: AwareDatetime | None
    offerings: list[RoundOfferingOut]
    children: list[ChildInRoundOut]


class RoundsOut(BaseModel):
    """Rounds by opening. When within a round a family hands its wishes in plays no part in the draw."""

    rounds: list[RoundOut]


class PublicRoundsOut(BaseModel):
    """Rounds that can be seen, by opening."""

    rounds: list[PublicRoundOut]


@router.post("/rounds", status_code=201, tags=["rounds"], response_model=RoundOut)
async def announce(
    body: RoundIn, who: Caller, tx: Tx, cipher: Cipher, policy: PolicyInForce, now: Now, once: OnceOnly
) -> RoundOut | Response:
    """Announce a round; a preference round's seed is made now, and its hash is fixed."""
    who.require(*OFFICERS)
    by = who.person_in(body.school_id)

    async def make() -> RoundOut:
        term_id = body.term_id
        if term_id is None:
            term_id = (await current_term(tx, body.school_id, on=school_day(now))).term_id
        told = body.model_dump(exclude={"school_id", "term_id", "offering_ids", "kinds"})
        made = await announce_round(
            tx,
            body.school_id,
            RoundPlan(term_id=term_id, **told),
            Picked(body.offering_ids, body.kinds),
            by=by,
            cipher=cipher,
            now=now,
        )
        return await _one(tx, who, body.school_id, made.round_id, policy, now=now)

    return await once(make)


@router.patch("/rounds/{round_id}", tags=["rounds"], response_model=RoundOut)
async def change(
    round_id: UUID, body: RoundChangeIn, who: Caller, tx: Tx, policy: PolicyInForce, now: Now, once: OnceOnly
) -> RoundOut | Response:
    """Change a round before it opens; afterwards only put its close off. What it was stays on record."""
    who.require(*OFFICERS)
    by = who.person_in(body.school_id)

    async def make() -> RoundOut:
        told = body.model_dump(exclude_unset=True, exclude={"school_id", "reason", "offering_ids", "kinds"})
        picks = body.offering_ids is not None or body.kinds is not None
        correction = Correction(
            values={name: value for name, value in told.items() if value is not None or name == "frees_at"},
            picked=Picked(body.offering_ids or [], body.kinds or []) if picks else None,
            reason=body.reason,
        )
        await change_round(tx, body.school_id, round_id, correction, by=by, now=now)
        return await _one(tx, who, body.school_id, round_id, policy, now=now)

    return await once(make)


@router.post("/rounds/{round_id}/cancellation", tags=["rounds"], response_model=RoundOut)
async def cancel(
    round_id: UUID, body: CancellationIn, who: Caller, tx: Tx, policy: PolicyInForce, now: Now, once: OnceOnly
) -> RoundOut | Response:
    """Cancel a round that was not drawn; its offerings are free for another."""
    who.require(*OFFICERS)
    by = who.person_in(body.school_id)

    async def make() -> RoundOut:
        await cancel_round(tx, body.school_id, round_id, reason=body.reason, by=by, now=now)
        return await _one(tx, who, body.school_id, round_id, policy, now=now)

    return await once(make)


@router.get("/rounds", tags=["rounds"])
async def rounds(school_id: UUID, who: Caller, tx: Tx, policy: PolicyInForce, now: Now) -> RoundsOut:
    """Return the school's rounds: officers see all, everybody else those that can be seen."""
    who.person_in(school_id)
    return RoundsOut(rounds=await _seen(tx, who, school_id, None, policy, now=now))


@router.get("/rounds/{round_id}", tags=["rounds"])
async def one_round(
    round_id: UUID, school_id: UUID, who: Caller, tx: Tx, policy: PolicyInForce, now: Now
) -> RoundOut:
    """Return one round."""
    who.person_in(school_id)
    return await _one(tx, who, school_id, round_id, policy, now=now)


@router.get("/public/schools/{school_id}/rounds", tags=["public"])
async def public_rounds(school_id: UUID, tx: PublicTx, policy: PolicyInForce, now: Now) -> PublicRoundsOut:
    """Return rounds, without logging in: times, the order of the draw, each seed's hash, the root over all lists."""
    found = await school_rounds(tx, school_id, now=now)
    return PublicRoundsOut(rounds=[PublicRoundOut.model_validate(_shape(seen, [], policy)) for seen in found])


async def _one(
    tx: Tx, who: Identity, school_id: UUID, round_id: UUID, policy: Policy, *, now: Now
) -> RoundOut:
    found = await _seen(tx, who, school_id, round_id, policy, now=now)
    if not found:
        raise UnknownRound
    return found[0]


async def _seen(
    tx: Tx, who: Identity, school_id: UUID, round_id: UUID | None, policy: Policy, *, now: Now
) -> list[RoundOut]:
    found = await school_rounds(tx, school_id, round_id=round_id, hidden_too=who.persona in OFFICERS, now=now)
    children: Any = {}
    if who.persona == Persona.GUARDIAN:
        ids = [seen.row.round_id for seen in found]
        children = await children_in_rounds(tx, school_id, who.person_in(school_id), ids)
    return [
        RoundOut.model_validate(_shape(seen, children.get(seen.row.round_id, []), policy)) for seen in found
    ]


def _shape(seen: RoundSeen, children: list[ChildInRound], policy: Policy) -> dict[str, Any]:
    return {
        **seen.row._asdict(),
        "phase": seen.phase,
        "order": said_order(policy.draw.tiers) if seen.row.kind == "preference" else None,
        "offerings": seen.offerings,
        "changes": [dict(change) for change in seen.changes],
        "children": [vars(child) for child in children],
    }

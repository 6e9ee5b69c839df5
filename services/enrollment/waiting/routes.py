"""Waiting lists: a family waits, is offered a place and takes it by one tap; the officer sees the whole list."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.personas import Persona
from services.enrollment.families.note_read import note_read
from services.enrollment.given import PolicyInForce
from services.enrollment.waiting.accept_offer import accept_offer
from services.enrollment.waiting.decline_offer import decline_offer
from services.enrollment.waiting.join_waiting_list import Joining, join_waiting_list
from services.enrollment.waiting.leave_waiting_list import leave_waiting_list
from services.enrollment.waiting.own_entries import own_entries
from services.enrollment.waiting.promote_entry import promote_entry
from services.enrollment.waiting.queue_of_offering import queue_of_offering
from services.enrollment.waiting.rules.entry_words import entry_words
from services.kernel.tokens import Identity
from services.kernel.web.dependencies import Caller, Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1/waiting-list", tags=["waiting-list"])

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]


class JoinIn(BaseModel):
    """A guardian has a child wait for an offering that is full."""

    school_id: UUID
    offering_id: UUID
    child_id: UUID


class EntryOut(BaseModel):
    """What a child waits for. ``earlier`` counts who joined before and still waits, by time; ``sentence`` says it."""

    school_id: UUID
    entry_id: UUID
    child_id: UUID
    offering_id: UUID
    title: str
    state: Literal["waiting", "offered", "taken", "declined", "expired", "left", "moot"]
    since: AwareDatetime
    earlier: int
    offered_at: AwareDatetime | None
    expires_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    place_id: UUID | None
    sentence: str


class EntriesOut(BaseModel):
    """A family's entries over all its children and schools."""

    entries: list[EntryOut]


class OwnEntryIn(BaseModel):
    """At which school the entry is."""

    school_id: UUID


class EntryPromotionIn(BaseModel):
    """Why a free place is offered to this child before those ahead of it."""

    school_id: UUID
    reason: Reason


class QueuedOut(BaseModel):
    """An entry as the enrolment officer sees it; ``tier`` says something of a priority group (R06)."""

    entry_id: UUID
    child_id: UUID
    name: str
    grade: int
    class_name: str
    tier: int
    since: AwareDatetime
    state: Literal["waiting", "offered"]
    offered_at: AwareDatetime | None
    expires_at: AwareDatetime | None
    promoted_because: str | None


class QueueOut(BaseModel):
    """An offering's list: offers first, then who waits, the next to be offered first."""

    entries: list[QueuedOut]


@router.get("")
async def own(who: Caller, tx: Tx, now: Now) -> EntriesOut:
    """Return what the guardian's own children wait for; what ended stays for 30 days."""
    who.require(Persona.GUARDIAN)
    found = await own_entries(tx, who.people, now=now)
    return EntriesOut(entries=[EntryOut(**entry, sentence=entry_words(entry)) for entry in found])


@router.post("", status_code=201, response_model=EntryOut)
async def join(
    body: JoinIn, who: Caller, tx: Tx, policy: PolicyInForce, now: Now, once: OnceOnly
) -> EntryOut | Response:
    """Wait for an offering; where a place is free and nobody waits, claim it instead."""
    who.require(Persona.GUARDIAN)
    guardian_id = who.person_in(body.school_id)

    async def make() -> EntryOut:
        joining = Joining(body.offering_id, body.child_id, guardian_id)
        entry_id = await join_waiting_list(tx, body.school_id, joining, policy=policy, now=now)
        return await _shown(tx, who, entry_id, now=now)

    return await once(make)


@router.post("/{entry_id}/acceptance", status_code=201, response_model=EntryOut)
async def accept(
    entry_id: UUID, body: OwnEntryIn, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> EntryOut | Response:
    """Take the place that is reserved; what stands against it is named, and the offer stays open."""
    return await once(_answer(accept_offer, entry_id, body, who, tx, now))


@router.post("/{entry_id}/refusal", response_model=EntryOut)
async def refuse(
    entry_id: UUID, body: OwnEntryIn, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> EntryOut | Response:
    """Let the place that is reserved go to the next who waits."""
    return await once(_answer(decline_offer, entry_id, body, who, tx, now))


@router.post("/{entry_id}/leave", response_model=EntryOut)
async def leave(
    entry_id: UUID, body: OwnEntryIn, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> EntryOut | Response:
    """Stop waiting."""
    return await once(_answer(leave_waiting_list, entry_id, body, who, tx, now))


@router.get("/of-offering")
async def queue(school_id: UUID, offering_id: UUID, who: Caller, tx: Tx, now: Now) -> QueueOut:
    """Return an offering's whole list in the order of offers: for the enrolment officer only, and it is noted."""
    who.require(Persona.ENROLMENT_OFFICER)
    return await _queue(tx, school_id, offering_id, by=who.person_in(school_id), now=now)


@router.post("/{entry_id}/promotion", response_model=QueueOut)
async def promote(
    entry_id: UUID,
    body: EntryPromotionIn,
    who: Caller,
    tx: Tx,
    policy: PolicyInForce,
    now: Now,
    once: OnceOnly,
) -> QueueOut | Response:
    """Offer a free place to this child before those ahead of it, with a reason on file."""
    who.require(Persona.ENROLMENT_OFFICER)
    by = who.person_in(body.school_id)

    async def make() -> QueueOut:
        offering_id = await promote_entry(
            tx, body.school_id, entry_id, by=by, reason=body.reason, policy=policy, now=now
        )
        return await _queue(tx, body.school_id, offering_id, by=by, now=now)

    return await once(make)


async def _queue(
    tx: AsyncSession, school_id: UUID, offering_id: UUID, *, by: UUID, now: datetime
) -> QueueOut:
    await note_read(tx, school_id, "priority", of=None, by=by, now=now)
    found = await queue_of_offering(tx, school_id, offering_id)
    return QueueOut(entries=[QueuedOut(**entry) for entry in found])


def _answer(
    command: Callable[..., Awaitable[object]],
    entry_id: UUID,
    body: OwnEntryIn,
    who: Identity,
    tx: AsyncSession,
    now: datetime,
) -> Callable[[], Awaitable[EntryOut]]:
    """Return what a family's answer to its own entry does."""
    who.require(Persona.GUARDIAN)
    guardian_id = who.person_in(body.school_id)

    async def make() -> EntryOut:
        await command(tx, body.school_id, entry_id, guardian_id=guardian_id, now=now)
        return await _shown(tx, who, entry_id, now=now)

    return make


async def _shown(tx: AsyncSession, who: Identity, entry_id: UUID, *, now: datetime) -> EntryOut:
    (entry,) = await own_entries(tx, who.people, entry_id=entry_id, now=now)
    return EntryOut(**entry, sentence=entry_words(entry))

"""Swaps: two families exchange places, knowing of each other only that the places fit."""

from datetime import time
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel

from services.contracts.personas import Persona
from services.enrollment.selection.rules.judge_claim import Club
from services.enrollment.swaps.own_swaps import own_swaps
from services.enrollment.swaps.possible_swaps import possible_swaps
from services.enrollment.swaps.propose_swap import propose_swap
from services.enrollment.swaps.take_up_swap import take_up_swap
from services.enrollment.swaps.withdraw_swap import withdraw_swap
from services.kernel.web.dependencies import Caller, Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1/swaps", tags=["swaps"])


class SwapProposalIn(BaseModel):
    """A guardian would give a place of its child for a place in another offering."""

    school_id: UUID
    place_id: UUID
    wants_id: UUID


class SwapProposedOut(BaseModel):
    """A proposal that families with a place in the wanted offering see now."""

    school_id: UUID
    swap_id: UUID


class OwnSwapOut(BaseModel):
    """A proposal of one's own child; ``gives`` and ``wants`` are titles."""

    school_id: UUID
    swap_id: UUID
    child_id: UUID
    place_id: UUID
    gives_id: UUID
    gives: str
    wants_id: UUID
    wants: str
    proposed_at: AwareDatetime
    state: Literal["open", "done", "withdrawn", "moot"]


class ExchangedOut(BaseModel):
    """An offering that a place is exchanged in; weekdays 1 (Monday) to 7, times of the school's wall clock."""

    offering_id: UUID
    title: str
    weekdays: list[int]
    starts: time
    ends: time


class PossibleSwapOut(BaseModel):
    """A child of one's own could give ``place_id`` and get a place in ``gets``. Whose, nobody is told."""

    school_id: UUID
    swap_id: UUID
    child_id: UUID
    place_id: UUID
    gives: ExchangedOut
    gets: ExchangedOut


class SwapsOut(BaseModel):
    """What the family proposed, and what it could take up."""

    own: list[OwnSwapOut]
    possible: list[PossibleSwapOut]


class TakeUpIn(BaseModel):
    """The own place that is given for it."""

    school_id: UUID
    place_id: UUID


class SwapDoneOut(BaseModel):
    """The own child's new place."""

    school_id: UUID
    swap_id: UUID
    place_id: UUID


class SwapWithdrawalIn(BaseModel):
    """At which school the proposal is."""

    school_id: UUID


@router.get("")
async def swaps(who: Caller, tx: Tx, now: Now) -> SwapsOut:
    """Return the family's proposals and those it could take up, without any name."""
    who.require(Persona.GUARDIAN)
    possible = [
        PossibleSwapOut(
            school_id=school_id,
            swap_id=one.swap_id,
            child_id=one.child_id,
            place_id=one.place_id,
            gives=_exchanged(one.gives),
            gets=_exchanged(one.gets),
        )
        for school_id, guardian_id in who.people.items()
        for one in await possible_swaps(tx, school_id, guardian_id, now=now)
    ]
    own = [OwnSwapOut(**one) for one in await own_swaps(tx, who.people, now=now)]
    return SwapsOut(own=own, possible=possible)


@router.post("", status_code=201, response_model=SwapProposedOut)
async def propose(
    body: SwapProposalIn, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> SwapProposedOut | Response:
    """Propose to give a place for a place in another offering; the place stays the child's until it is taken up."""
    who.require(Persona.GUARDIAN)
    guardian_id = who.person_in(body.school_id)

    async def make() -> SwapProposedOut:
        swap_id = await propose_swap(
            tx, body.school_id, body.place_id, body.wants_id, guardian_id=guardian_id, now=now
        )
        return SwapProposedOut(school_id=body.school_id, swap_id=swap_id)

    return await once(make)


@router.post("/{swap_id}/taking", status_code=201, response_model=SwapDoneOut)
async def take_up(
    swap_id: UUID, body: TakeUpIn, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> SwapDoneOut | Response:
    """Take a proposal up: both places change hands on the same day."""
    who.require(Persona.GUARDIAN)
    guardian_id = who.person_in(body.school_id)

    async def make() -> SwapDoneOut:
        place_id = await take_up_swap(
            tx, body.school_id, swap_id, body.place_id, guardian_id=guardian_id, now=now
        )
        return SwapDoneOut(school_id=body.school_id, swap_id=swap_id, place_id=place_id)

    return await once(make)


@router.post("/{swap_id}/withdrawal", response_model=SwapProposedOut)
async def withdraw(
    swap_id: UUID, body: SwapWithdrawalIn, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> SwapProposedOut | Response:
    """Take a proposal back."""
    who.require(Persona.GUARDIAN)
    guardian_id = who.person_in(body.school_id)

    async def make() -> SwapProposedOut:
        await withdraw_swap(tx, body.school_id, swap_id, guardian_id=guardian_id, now=now)
        return SwapProposedOut(school_id=body.school_id, swap_id=swap_id)

    return await once(make)


def _exchanged(club: Club) -> ExchangedOut:
    return ExchangedOut(
        offering_id=club.offering_id,
        title=club.title,
        weekdays=list(club.weekdays),
        starts=club.starts,
        ends=club.ends,
    )

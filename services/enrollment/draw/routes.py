"""Results of a round: for families their own, for the officer all, for everybody the hashes that prove them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.personas import Persona
from services.enrollment.draw.draw_papers import announcement, draw_record
from services.enrollment.draw.drawn_order import drawn_order
from services.enrollment.draw.errors import NotDrawn, ResultsNotOut
from services.enrollment.draw.own_results import own_results
from services.enrollment.draw.rules.papers import Announcement, Receipt, Record
from services.enrollment.draw.tables import Draw
from services.enrollment.families.note_read import note_read
from services.enrollment.rounds.errors import UnknownRound
from services.enrollment.rounds.round_on_file import round_on_file
from services.enrollment.rounds.tables import Round
from services.enrollment.words import moment_text
from services.kernel.web.dependencies import Caller, Now, PublicTx, Tx

router = APIRouter(prefix="/api/v1")


class _Shown(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class WishResultOut(_Shown):
    """What became of one wish, and why. ``can_wait``: it is full; POST /api/v1/waiting-list waits for it."""

    rank: int
    offering_id: UUID
    title: str
    outcome: str = Field(description="given, full, clash, limit, dissolved, apart or unfit.")
    sentence: str
    place_id: UUID | None
    can_wait: bool


class ChildResultOut(_Shown):
    """A child's place in the order (1 is first), its wishes, and the receipt that `lottery verify` takes."""

    child_id: UUID
    name: str
    position: int
    wishes: list[WishResultOut]
    hint: str | None
    receipt: Receipt


class OwnResultsOut(BaseModel):
    """The caller's own children in a round."""

    round_id: UUID
    published_at: AwareDatetime
    children: list[ChildResultOut]


class OrderedWishOut(BaseModel):
    """What became of one wish."""

    rank: int
    offering_id: UUID
    outcome: str


class OrderedChildOut(BaseModel):
    """A child's place in the order and what it rests on; ``tier`` is for the enrolment officer only (R06)."""

    position: int
    child_id: UUID
    student_no: str
    name: str
    grade: int
    class_name: str
    tier: int
    missed_first: bool
    lottery: str
    wishes: list[OrderedWishOut]


class DrawnOut(BaseModel):
    """A whole draw, first place first."""

    round_id: UUID
    drawn_at: AwareDatetime
    published_at: AwareDatetime | None
    summary: dict[str, Any]
    children: list[OrderedChildOut]


@router.get("/rounds/{round_id}/results", tags=["rounds"])
async def results(round_id: UUID, school_id: UUID, who: Caller, tx: Tx, now: Now) -> OwnResultsOut:
    """Return what became of the caller's own children: each wish with its reason, and a receipt to check it by."""
    who.require(Persona.GUARDIAN)
    guardian_id = who.person_in(school_id)
    told = await _round_in_sight(tx, school_id, round_id, now=now)
    if told.published_at is None or told.drawn_at is None:
        raise ResultsNotOut(
            round_id=round_id, results_at=told.results_at.isoformat(), results=moment_text(told.results_at)
        )
    found = await own_results(tx, school_id, round_id, guardian_id=guardian_id)
    return OwnResultsOut(
        round_id=round_id,
        published_at=told.published_at,
        children=[ChildResultOut.model_validate(one) for one in found],
    )


@router.get("/rounds/{round_id}/order", tags=["rounds"])
async def order(round_id: UUID, school_id: UUID, who: Caller, tx: Tx, now: Now) -> DrawnOut:
    """Return the whole order with tiers, also before the results are out; that it was read is noted."""
    who.require(Persona.ENROLMENT_OFFICER)
    by = who.person_in(school_id)
    told = await round_on_file(tx, school_id, round_id)
    draw = await tx.get(Draw, (school_id, round_id))
    if draw is None:
        raise NotDrawn(round_id=round_id)
    await note_read(tx, school_id, "priority", of=None, by=by, now=now)
    rows = await drawn_order(tx, school_id, round_id)
    return DrawnOut(
        round_id=round_id,
        drawn_at=draw.drawn_at,
        published_at=told.published_at,
        summary=draw.summary,
        children=[OrderedChildOut.model_validate(dict(row)) for row in rows],
    )


@router.get("/rounds/{round_id}/book", tags=["rounds"])
async def book(round_id: UUID, school_id: UUID, who: Caller, tx: Tx, now: Now) -> Record:
    """Return the whole draw for recomputing it, to the officer and to the supervisors; that it was read is noted."""
    who.require(Persona.ENROLMENT_OFFICER, Persona.COUNTY_SUPERVISOR, Persona.CITY_SUPERVISOR)
    by = who.person_in(school_id)
    told = await round_on_file(tx, school_id, round_id)
    record = await draw_record(tx, told)
    await note_read(tx, school_id, "priority", of=None, by=by, now=now)
    return record


@router.get("/public/schools/{school_id}/rounds/{round_id}/draw", tags=["public"])
async def public_draw(school_id: UUID, round_id: UUID, tx: PublicTx, now: Now) -> Announcement:
    """Return hashes, places and figures without logging in; from the results on also the seed. No child is in it."""
    return await announcement(tx, await _round_in_sight(tx, school_id, round_id, now=now))


async def _round_in_sight(tx: AsyncSession, school_id: UUID, round_id: UUID, *, now: datetime) -> Round:
    """Return a round that families may know of; before that it is as if it were not there."""
    told = await round_on_file(tx, school_id, round_id)
    if now < told.visible_from:
        raise UnknownRound
    return told

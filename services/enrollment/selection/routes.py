"""Choosing: care for everybody, places first come first served."""

from datetime import date, time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, Field

from services.contracts.personas import Persona
from services.enrollment.selection.ask_for_care import FULL_DAY, WORKDAYS, CareAsked, ask_for_care
from services.enrollment.selection.claim_places import Claim, claim_places
from services.enrollment.selection.give_up_place import give_up_place
from services.kernel.problems import Refusal
from services.kernel.web.dependencies import Caller, Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1/places", tags=["places"])

Weekday = Annotated[int, Field(ge=1, le=7)]


class ClaimIn(BaseModel):
    """A guardian wants a place for a child, from ``from_on`` (default: today) on."""

    school_id: UUID
    offering_id: UUID
    child_id: UUID
    from_on: date | None = None


class PlaceOut(BaseModel):
    """A place; ``until_on`` is the first day without it."""

    school_id: UUID
    place_id: UUID
    offering_id: UUID
    child_id: UUID
    weekdays: list[int]
    from_on: date
    until_on: date | None
    chosen_at: AwareDatetime


class CareOfChildIn(BaseModel):
    """Basic care for one child: weekdays 1 (Monday) to 7, until a time; no weekdays end it."""

    child_id: UUID
    weekdays: list[Weekday] = Field(default=list(WORKDAYS), max_length=7)
    until: time = FULL_DAY


class CareIn(BaseModel):
    """What a family asks for, several children of one school at once."""

    school_id: UUID
    children: list[CareOfChildIn] = Field(min_length=1, max_length=20)
    from_on: date | None = None


class CareOut(BaseModel):
    """How many places in groups follow from it."""

    places_begun: int


class EndIn(BaseModel):
    """From which day on the place is not wanted (default: today)."""

    school_id: UUID
    until_on: date | None = None


@router.post("", status_code=201, response_model=PlaceOut)
async def claim(body: ClaimIn, who: Caller, tx: Tx, now: Now, once: OnceOnly) -> PlaceOut | Response:
    """Claim a place, first come, first served; a full offering answers with free alternatives."""
    who.require(Persona.GUARDIAN)
    guardian_id = who.person_in(body.school_id)

    async def make() -> PlaceOut:
        (answer,) = await claim_places(
            tx,
            body.school_id,
            body.offering_id,
            [Claim(body.child_id, guardian_id)],
            from_on=body.from_on,
            now=now,
        )
        if isinstance(answer, Refusal):
            raise answer
        return PlaceOut.model_validate(answer, from_attributes=True)

    return await once(make)


@router.post("/care", status_code=201, response_model=CareOut)
async def care(body: CareIn, who: Caller, tx: Tx, now: Now, once: OnceOnly) -> CareOut | Response:
    """Ask for basic care; nobody is refused, a full group opens another (R03)."""
    who.require(Persona.GUARDIAN)
    guardian_id = who.person_in(body.school_id)

    async def make() -> CareOut:
        asked = [CareAsked(one.child_id, one.weekdays, one.until) for one in body.children]
        begun = await ask_for_care(
            tx, body.school_id, asked, guardian_id=guardian_id, from_on=body.from_on, now=now
        )
        return CareOut(places_begun=begun)

    return await once(make)


@router.post("/{place_id}/end", response_model=PlaceOut)
async def end(
    place_id: UUID, body: EndIn, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> PlaceOut | Response:
    """Give a place up from a day on (R25)."""
    who.require(Persona.GUARDIAN)
    guardian_id = who.person_in(body.school_id)

    async def make() -> PlaceOut:
        place = await give_up_place(
            tx, body.school_id, place_id, guardian_id=guardian_id, until_on=body.until_on, now=now
        )
        return PlaceOut.model_validate(place, from_attributes=True)

    return await once(make)

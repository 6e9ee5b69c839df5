"""Choosing: care for everybody, places first come first served."""

from datetime import date, time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from services.contracts.personas import Persona
from services.enrollment.selection.answer_claims import AskedClaim
from services.enrollment.selection.ask_for_care import FULL_DAY, WORKDAYS, CareAsked, ask_for_care
from services.enrollment.selection.care_lengths import care_lengths
from services.enrollment.selection.claim_desk import ClaimDesk
from services.enrollment.selection.claim_places import Claim, Given
from services.enrollment.selection.give_up_place import give_up_place
from services.kernel.clock import school_day
from services.kernel.problems import Refusal
from services.kernel.web.dependencies import Caller, Now, Tx
from services.kernel.web.once import OnceKey, OnceOnly, replay
from services.kernel.web.problems import refuse

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


class CareLength(BaseModel):
    """Care until a time, on these weekdays."""

    until: time
    weekdays: list[int]


class CareOfGrade(BaseModel):
    """The lengths that one grade can choose from, shortest first."""

    grade: int
    lengths: list[CareLength]


class CareOptions(BaseModel):
    """What a school offers of basic care; a grade that is not listed has none published."""

    grades: list[CareOfGrade]


class EndIn(BaseModel):
    """From which day on the place is not wanted (default: today)."""

    school_id: UUID
    until_on: date | None = None


class EndOut(PlaceOut):
    """The place as it ends, and in words from which day on."""

    sentence: str


END_TAKEN = "已退出，从 {day} 起不再参加。"
END_PUT_OFF = "今天的活动已经开始，孩子今天仍由老师照看到离校；从 {day} 起不再参加。"


async def claim_desk(request: Request) -> ClaimDesk:
    """Return the process' desk; it opens with the first claim."""
    state = request.app.state
    if getattr(state, "claim_desk", None) is None:
        state.claim_desk = ClaimDesk(state.resources.database, state.resources.clock, _written)
    desk: ClaimDesk = state.claim_desk
    return desk


def _written(given: Given) -> bytes:
    return PlaceOut.model_validate(given, from_attributes=True).model_dump_json().encode()


# Few dependencies: each costs a crowd more than what it does.
@router.post("", status_code=201, response_model=PlaceOut)
async def claim(
    body: ClaimIn, who: Caller, once: OnceKey, desk: Annotated[ClaimDesk, Depends(claim_desk)]
) -> Response:
    """Claim a place, first come, first served; a full offering answers with free alternatives."""
    who.require(Persona.GUARDIAN)
    wish = Claim(
        body.child_id,
        who.person_in(body.school_id),
        body.offering_id,
        from_on=body.from_on,
        asked_at=desk.now(),
    )
    answer = await desk.ask(body.school_id, AskedClaim(wish, once))
    if isinstance(answer, Refusal):
        return refuse(answer)
    return replay(answer.body) if answer.again else Response(answer.body, 201, media_type="application/json")


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


@router.get("/care/options")
async def care_options(school_id: UUID, who: Caller, tx: Tx, now: Now) -> CareOptions:
    """Until when children can stay in basic care, by grade: the lengths to choose from (R09)."""
    who.person_in(school_id)
    grades: dict[int, list[CareLength]] = {}
    for row in await care_lengths(tx, school_id, on=school_day(now)):
        grades.setdefault(row["grade"], []).append(CareLength(until=row["until"], weekdays=row["weekdays"]))
    return CareOptions(grades=[CareOfGrade(grade=grade, lengths=found) for grade, found in grades.items()])


@router.post("/{place_id}/end", response_model=EndOut)
async def end(
    place_id: UUID, body: EndIn, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> EndOut | Response:
    """Give a place up from a day on (R25); where today's session has begun, from tomorrow on, and so it is told."""
    who.require(Persona.GUARDIAN)
    guardian_id = who.person_in(body.school_id)

    async def make() -> EndOut:
        place = await give_up_place(
            tx, body.school_id, place_id, guardian_id=guardian_id, until_on=body.until_on, now=now
        )
        wanted = body.until_on or school_day(now)
        put_off = place.until_on is not None and place.until_on > max(wanted, place.from_on)
        sentence = END_PUT_OFF if put_off else END_TAKEN
        return EndOut(
            **PlaceOut.model_validate(place, from_attributes=True).model_dump(),
            sentence=sentence.format(day=place.until_on),
        )

    return await once(make)

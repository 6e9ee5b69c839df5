"""A guardian's own children; an officer's look-up of children and decisions about guardians."""

from datetime import date, time
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import select
from sqlmodel import col

from services.contracts.personas import OFFICERS, STAFF, Persona
from services.enrollment.families.decide_guardianship import decide_guardianship
from services.enrollment.families.find_children import find_children
from services.enrollment.families.own_children import own_children
from services.enrollment.families.tables import GuardianshipRequest
from services.enrollment.given import Cipher
from services.kernel.clock import school_day
from services.kernel.web.dependencies import Caller, Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1")


class ChildPlaceOut(BaseModel):
    """A place that is running or to come."""

    place_id: UUID
    offering_id: UUID
    title: str
    kind: str
    basic: bool
    weekdays: list[int]
    starts: time
    ends: time
    from_on: date
    until_on: date | None
    teacher: str | None
    room: str | None


class ChildCollectorOut(BaseModel):
    """Somebody who may collect the child in a guardian's place; weekdays 1 (Monday) to 7, both days are in it."""

    collector_id: UUID
    name: str
    relation: str
    weekdays: list[int]
    valid_from: date
    valid_until: date


class OwnChildOut(BaseModel):
    """One of the caller's children. ``agreement_number`` is in force; signed when equal to ``agreed_number``.

    ``siblings`` are the caller's other children at the same school.
    """

    school_id: UUID
    school: str
    child_id: UUID
    student_no: str
    name: str
    grade: int
    class_name: str
    relation: str
    may_choose: bool
    may_sign: bool
    may_collect: bool
    agreement_number: int | None
    agreed_number: int | None
    care_weekdays: list[int] | None
    care_until: time | None
    places: list[ChildPlaceOut]
    collectors: list[ChildCollectorOut]
    siblings: list[UUID]


class OwnChildrenOut(BaseModel):
    """The caller's children over all schools."""

    children: list[OwnChildOut]


class ChildFoundOut(BaseModel):
    """A child of the school, for staff."""

    child_id: UUID
    student_no: str
    name: str
    grade: int
    class_name: str
    agreed_number: int | None


class ChildrenFoundOut(BaseModel):
    """Up to 50 children."""

    children: list[ChildFoundOut]


class RequestOut(BaseModel):
    """Somebody says to be a child's guardian; the phone was verified, the rest is a claim."""

    request_id: UUID
    school_id: UUID
    name: str
    phone: str
    child_name: str
    grade: int | None
    class_name: str | None
    relation: str
    state: Literal["open", "approved", "refused"]
    asked_at: AwareDatetime
    child_id: UUID | None
    reason: str | None


class RequestsOut(BaseModel):
    """Requests of a school, oldest first."""

    requests: list[RequestOut]


class DecisionIn(BaseModel):
    """Approve for ``child_id``, or refuse with a reason."""

    school_id: UUID
    child_id: UUID | None = None
    reason: str | None = Field(default=None, max_length=200)


@router.get("/children", tags=["children"])
async def children(who: Caller, tx: Tx, now: Now) -> OwnChildrenOut:
    """Return the guardian's own children with their places."""
    who.require(Persona.GUARDIAN)
    found = await own_children(tx, who.people, today=school_day(now))
    return OwnChildrenOut(
        children=[
            OwnChildOut.model_validate(
                {
                    **child.row,
                    "places": [dict(place) for place in child.places],
                    "collectors": [dict(collector) for collector in child.collectors],
                    "siblings": child.siblings,
                }
            )
            for child in found
        ]
    )


@router.get("/families/children", tags=["families"])
async def search(
    school_id: UUID,
    who: Caller,
    tx: Tx,
    q: Annotated[str, Query(max_length=40)] = "",
    grade: Annotated[int | None, Query(ge=1, le=9)] = None,
    class_name: Annotated[str | None, Query(max_length=20)] = None,
) -> ChildrenFoundOut:
    """Find children by characters, pinyin, initials, student number or class."""
    who.require(*STAFF)
    who.person_in(school_id)
    found = await find_children(tx, school_id, q, grade=grade, class_name=class_name)
    return ChildrenFoundOut(
        children=[ChildFoundOut.model_validate(row, from_attributes=True) for row in found]
    )


@router.get("/approvals/guardianships", tags=["approvals"])
async def requests(
    school_id: UUID,
    who: Caller,
    tx: Tx,
    cipher: Cipher,
    state: Literal["open", "approved", "refused"] = "open",
) -> RequestsOut:
    """Return who says to be a guardian."""
    who.require(*OFFICERS)
    who.person_in(school_id)
    found = await tx.scalars(
        select(GuardianshipRequest)
        .where(col(GuardianshipRequest.school_id) == school_id, col(GuardianshipRequest.state) == state)
        .order_by(col(GuardianshipRequest.asked_at), col(GuardianshipRequest.request_id))
        .limit(200)
    )
    return RequestsOut(
        requests=[
            RequestOut.model_validate({**one.model_dump(), "phone": cipher.open(one.phone_sealed)})
            for one in found
        ]
    )


@router.post("/approvals/guardianships/{request_id}", tags=["approvals"], response_model=RequestOut)
async def decide(
    request_id: UUID, body: DecisionIn, who: Caller, tx: Tx, cipher: Cipher, now: Now, once: OnceOnly
) -> RequestOut | Response:
    """Approve or refuse; an approved guardian finds the child at the next log-in."""
    who.require(*OFFICERS)
    by = who.person_in(body.school_id)

    async def make() -> RequestOut:
        request = await decide_guardianship(
            tx, body.school_id, request_id, child_id=body.child_id, reason=body.reason, by=by, now=now
        )
        return RequestOut.model_validate({**request.model_dump(), "phone": cipher.open(request.phone_sealed)})

    return await once(make)

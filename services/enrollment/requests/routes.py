"""Requests: staff act for a family only on its recorded request, and the family sees each of them (R03)."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, StringConstraints
from sqlalchemy import RowMapping

from services.contracts.personas import OFFICERS, Persona
from services.enrollment.given import Cipher, PolicyInForce
from services.enrollment.requests.acts import Act
from services.enrollment.requests.family_requests import own_requests, requests_at_school
from services.enrollment.requests.record_request import Asked, Clerk, record_request
from services.kernel.web.dependencies import Caller, Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1/requests", tags=["requests"])

How = Literal["in_person", "phone", "message", "paper"]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=1000)]


class RequestIn(BaseModel):
    """Who asked, how, in which words, and what is to be done in that guardian's name."""

    school_id: UUID
    child_id: UUID
    guardian_id: UUID
    how: How
    said: Said
    act: Act


class RecordedOut(BaseModel):
    """The request is on file, and what it asked for is done."""

    request_id: UUID


class FamilyRequestOut(BaseModel):
    """A request on file."""

    school_id: UUID
    school: str
    request_id: UUID
    child_id: UUID
    child: str
    guardian_id: UUID
    guardian: str
    how: How
    said: str
    act: dict[str, Any]
    staff: str | None
    recorded_at: AwareDatetime


class FamilyRequestsOut(BaseModel):
    """Requests, newest first."""

    requests: list[FamilyRequestOut]


@router.post("", status_code=201, response_model=RecordedOut)
async def record(
    body: RequestIn, who: Caller, tx: Tx, policy: PolicyInForce, cipher: Cipher, now: Now, once: OnceOnly
) -> RecordedOut | Response:
    """Record a guardian's request and carry it out: officers for every child, homeroom teachers for their class."""
    who.require(*OFFICERS, Persona.TEACHER)
    clerk = Clerk(who.person_in(body.school_id), officer=who.persona in OFFICERS)

    async def make() -> RecordedOut:
        asked = Asked(body.child_id, body.guardian_id, body.how, body.said, body.act)
        request_id = await record_request(
            tx, body.school_id, asked, clerk, policy=policy, cipher=cipher, now=now
        )
        return RecordedOut(request_id=request_id)

    return await once(make)


@router.get("")
async def requests(school_id: UUID, who: Caller, tx: Tx, child_id: UUID | None = None) -> FamilyRequestsOut:
    """Return a school's requests; a homeroom teacher sees those of the own class."""
    who.require(*OFFICERS, Persona.TEACHER)
    staff_id = who.person_in(school_id)
    homeroom_of = None if who.persona in OFFICERS else staff_id
    return _out(await requests_at_school(tx, school_id, child_id=child_id, homeroom_of=homeroom_of))


@router.get("/mine")
async def mine(who: Caller, tx: Tx) -> FamilyRequestsOut:
    """Return what was done in the caller's own name: a request that was never made is noticed here."""
    who.require(Persona.GUARDIAN)
    return _out(await own_requests(tx, who.people))


def _out(rows: Iterable[RowMapping]) -> FamilyRequestsOut:
    return FamilyRequestsOut(requests=[FamilyRequestOut.model_validate(dict(row)) for row in rows])

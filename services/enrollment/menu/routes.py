"""The menu: for officers, for families, and for everybody (R02)."""

from datetime import date, time
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from services.contracts.personas import OFFICERS
from services.enrollment.calendar.terms_on_file import term_asked_for
from services.enrollment.given import PolicyInForce
from services.enrollment.menu.free_for_offering import free_for_offering
from services.enrollment.menu.menu_findings import menu_findings
from services.enrollment.menu.menu_on_file import menu_on_file
from services.enrollment.menu.open_offerings import open_offerings
from services.enrollment.menu.public_menu import public_menu
from services.enrollment.menu.publish_menu import publish_menu
from services.enrollment.menu.rules.objection import Objection
from services.enrollment.menu.staff_offering import staff_offering
from services.enrollment.menu.tables import MenuPublication
from services.enrollment.schools.errors import SchoolNotOnFile
from services.enrollment.schools.tables import School
from services.kernel.clock import school_day
from services.kernel.web.dependencies import Caller, Now, PublicTx, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1")


class FindingsOut(BaseModel):
    """What the policy says about the menu as it stands; *must* blocks publication."""

    publishable: bool
    findings: list[Objection]


class PublicationOut(BaseModel):
    """A published version of the menu."""

    school_id: UUID
    term_id: UUID
    number: int
    published_at: AwareDatetime
    offerings: int
    findings: list[Objection]


class OfferingOut(BaseModel):
    """An offering that can be chosen; ``free`` counts places left (of a group, in basic care).

    ``by_round``: not before a round with it is announced, and then as that round says.
    """

    offering_id: UUID
    code: str
    title: str
    kind: str
    basic: bool
    weekdays: list[int]
    starts: time
    ends: time
    grades: list[int]
    capacity: int
    free: int
    classes: list[str] | None
    by_invitation: bool
    by_round: bool
    content: str
    aims: str
    materials: str
    fee_fen: int
    teacher: str | None
    room: str | None
    partner: str | None
    needs_staffing: bool


class OfferingsOut(BaseModel):
    """Offerings by time and code."""

    offerings: list[OfferingOut]


class StaffingIn(BaseModel):
    """Teacher and room of an offering."""

    school_id: UUID
    teacher_id: UUID
    room_id: UUID


class StaffedOut(BaseModel):
    """The offering with its teacher and room."""

    offering_id: UUID
    teacher_id: UUID
    room_id: UUID


class FreeTeacherOut(BaseModel):
    """Somebody who teaches and has nothing else at that time."""

    staff_id: UUID
    staff_no: str
    name: str
    subject: str | None


class FreeRoomOut(BaseModel):
    """A place where nothing else happens at that time."""

    room_id: UUID
    name: str
    capacity: int


class FreeOut(BaseModel):
    """Whom and what an offering could be given."""

    teachers: list[FreeTeacherOut]
    rooms: list[FreeRoomOut]


class PublicMenuOut(BaseModel):
    """Times, content, who teaches, safety measures, complaint contact: for everybody (R02)."""

    school_id: UUID
    code: str
    school: str
    county: str
    term: str
    starts_on: date
    ends_on: date
    number: int
    published_at: AwareDatetime
    safety_measures: str | None
    complaint_contact: str | None
    offerings: list[dict[str, Any]] = Field(
        description="As published: title, kind, times, content, teacher, room."
    )


@router.get("/schools/{school_id}/menu/findings", tags=["schools"])
async def findings(
    school_id: UUID, who: Caller, tx: Tx, policy: PolicyInForce, now: Now, term_id: UUID | None = None
) -> FindingsOut:
    """Return what the policy says about the menu as its next publication would have it."""
    who.require(*OFFICERS)
    who.person_in(school_id)
    term = await term_asked_for(tx, school_id, term_id, on=school_day(now))
    menu = await menu_on_file(tx, school_id, term.term_id)
    found = await menu_findings(tx, term, menu, policy=policy, today=school_day(now))
    return FindingsOut(publishable=bool(menu) and all(one.force != "must" for one in found), findings=found)


@router.post(
    "/schools/{school_id}/menu/publications", status_code=201, tags=["schools"], response_model=PublicationOut
)
async def publish(
    school_id: UUID,
    who: Caller,
    tx: Tx,
    policy: PolicyInForce,
    now: Now,
    once: OnceOnly,
    term_id: UUID | None = None,
) -> PublicationOut | Response:
    """Publish drafts and pending changes; refused with findings when the policy is broken."""
    who.require(*OFFICERS)
    by = who.person_in(school_id)

    async def make() -> PublicationOut:
        term = await term_asked_for(tx, school_id, term_id, on=school_day(now))
        return _published(await publish_menu(tx, school_id, term.term_id, by=by, policy=policy, now=now))

    return await once(make)


@router.get("/offerings", tags=["offerings"])
async def offerings(
    school_id: UUID,
    who: Caller,
    tx: Tx,
    now: Now,
    grade: Annotated[int | None, Query(ge=1, le=9)] = None,
    *,
    needs_staffing: bool = False,
) -> OfferingsOut:
    """Return what can be chosen; with ``needs_staffing`` only groups that still lack a teacher and a room."""
    who.person_in(school_id)
    rows = await open_offerings(tx, school_id, grade=grade, unstaffed=needs_staffing, now=now)
    return OfferingsOut(offerings=[OfferingOut.model_validate(row) for row in rows])


@router.get("/offerings/{offering_id}/staffing", tags=["offerings"])
async def free(offering_id: UUID, school_id: UUID, who: Caller, tx: Tx) -> FreeOut:
    """Return teachers and rooms that are free at the offering's time."""
    who.require(*OFFICERS)
    who.person_in(school_id)
    teachers, rooms = await free_for_offering(tx, school_id, offering_id)
    return FreeOut(
        teachers=[FreeTeacherOut.model_validate(dict(one)) for one in teachers],
        rooms=[FreeRoomOut.model_validate(dict(one)) for one in rooms],
    )


@router.put("/offerings/{offering_id}/staffing", tags=["offerings"], response_model=StaffedOut)
async def staff(
    offering_id: UUID, body: StaffingIn, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> StaffedOut | Response:
    """Name an offering's teacher and room; a clash names both sides."""
    who.require(*OFFICERS)
    who.person_in(body.school_id)

    async def make() -> StaffedOut:
        offering = await staff_offering(
            tx, body.school_id, offering_id, teacher_id=body.teacher_id, room_id=body.room_id, now=now
        )
        return StaffedOut.model_validate(offering, from_attributes=True)

    return await once(make)


@router.get("/public/schools/{school_id}/menu", tags=["public"])
async def published_menu(school_id: UUID, tx: PublicTx, now: Now) -> PublicMenuOut:
    """Return the published menu, without logging in."""
    school = await tx.get(School, school_id)
    if school is None:
        raise SchoolNotOnFile
    term, publication = await public_menu(tx, school_id, on=school_day(now))
    return PublicMenuOut(
        school_id=school_id,
        code=school.code,
        school=school.name,
        county=school.county,
        term=term.name,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        number=publication.number,
        published_at=publication.published_at,
        safety_measures=school.safety_measures,
        complaint_contact=school.complaint_contact,
        offerings=publication.menu,
    )


def _published(publication: MenuPublication) -> PublicationOut:
    return PublicationOut(
        **publication.model_dump(include={"school_id", "term_id", "number", "published_at"}),
        offerings=len(publication.menu),
        findings=[Objection.model_validate(one) for one in publication.findings],
    )

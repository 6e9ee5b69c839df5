"""Health notes, priority groups and blocked persons: each with its own permission, each look written down."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import text

from services.contracts.personas import OFFICERS, Persona
from services.enrollment.families.block_person import Block, block_person, blocked_of, lift_block
from services.enrollment.families.errors import PhoneInvalid
from services.enrollment.families.note_read import What
from services.enrollment.families.person_name import PersonName
from services.enrollment.families.sensitive_notes import (
    health_notes,
    priority_groups,
    set_health_note,
    set_priority_groups,
)
from services.enrollment.given import Cipher, PolicyInForce
from services.enrollment.imports.rules.plain_cells import phone_of
from services.kernel.web.dependencies import Caller, Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1/families", tags=["families"])

HEALTH_READERS = (Persona.ENROLMENT_OFFICER, Persona.CLINIC)
PRIORITY_READERS = (Persona.ENROLMENT_OFFICER,)

_READS = text(
    "SELECT r.read_at, r.what, r.staff_id, s.name AS staff, r.child_id, c.name AS child FROM sensitive_read r"
    "  LEFT JOIN staff s USING (school_id, staff_id) LEFT JOIN child c USING (school_id, child_id)"
    " WHERE r.school_id = :school_id AND (CAST(:child_id AS uuid) IS NULL OR r.child_id = :child_id)"
    " ORDER BY r.read_at DESC, r.read_id DESC LIMIT :most"
)


class HealthNoteOut(BaseModel):
    """A child's health note."""

    child_id: UUID
    student_no: str
    name: str
    grade: int
    class_name: str
    note: str
    recorded_at: AwareDatetime


class HealthNotesOut(BaseModel):
    """Notes by class."""

    notes: list[HealthNoteOut]


class HealthNoteIn(BaseModel):
    """A note in place of the old one; None takes it away."""

    school_id: UUID
    note: Annotated[str, Field(min_length=1, max_length=1000)] | None


class PriorityOut(BaseModel):
    """A child's priority groups (R06)."""

    child_id: UUID
    student_no: str
    name: str
    grade: int
    class_name: str
    groups: list[str]


class PrioritiesOut(BaseModel):
    """Children of any priority group, by class."""

    children: list[PriorityOut]


class PriorityIn(BaseModel):
    """The child's groups, whole; none takes them away."""

    school_id: UUID
    groups: Annotated[list[Annotated[str, Field(max_length=50)]], Field(max_length=10)]


class SetOut(BaseModel):
    """It stands so now; what stands is read elsewhere."""

    child_id: UUID


class BlockIn(BaseModel):
    """Who must not collect the child, why, and the number of the order it rests on."""

    school_id: UUID
    name: PersonName
    phone: Annotated[str, Field(max_length=20)] | None = None
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    order_no: Annotated[str, Field(min_length=1, max_length=100)]


class BlockedOut(BaseModel):
    """A blocked person; ``removed``: it no longer holds."""

    blocked_id: UUID
    child_id: UUID
    name: str
    reason: str
    order_no: str
    recorded_at: AwareDatetime | None
    removed: bool
    removed_because: str | None


class BlockedPeopleOut(BaseModel):
    """Who is kept from a child, and who was."""

    blocked: list[BlockedOut]


class ReadOut(BaseModel):
    """Somebody looked; no child: a list of the whole school."""

    read_at: AwareDatetime
    what: What
    staff_id: UUID
    staff: str | None
    child_id: UUID | None
    child: str | None


class ReadsOut(BaseModel):
    """Looks, the newest first."""

    reads: list[ReadOut]


@router.get("/health-notes")
async def health(
    school_id: UUID, who: Caller, tx: Tx, now: Now, child_id: UUID | None = None
) -> HealthNotesOut:
    """Return one child's health note, or the whole school's: for the enrolment officer and the clinic."""
    who.require(*HEALTH_READERS)
    rows = await health_notes(tx, school_id, child_id, by=who.person_in(school_id), now=now)
    return HealthNotesOut(notes=[HealthNoteOut.model_validate(dict(row)) for row in rows])


@router.put("/children/{child_id}/health-note", response_model=SetOut)
async def note_health(
    child_id: UUID, body: HealthNoteIn, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> SetOut | Response:
    """Set, replace or take away a health note."""
    who.require(*HEALTH_READERS)
    who.person_in(body.school_id)

    async def make() -> SetOut:
        await set_health_note(tx, body.school_id, child_id, body.note, now=now)
        return SetOut(child_id=child_id)

    return await once(make)


@router.get("/priority-groups")
async def priority(
    school_id: UUID, who: Caller, tx: Tx, now: Now, child_id: UUID | None = None
) -> PrioritiesOut:
    """Return one child's priority groups, or the whole school's: for the enrolment officer only (R06)."""
    who.require(*PRIORITY_READERS)
    rows = await priority_groups(tx, school_id, child_id, by=who.person_in(school_id), now=now)
    return PrioritiesOut(children=[PriorityOut.model_validate(dict(row)) for row in rows])


@router.put("/children/{child_id}/priority-groups", response_model=SetOut)
async def note_priority(
    child_id: UUID,
    body: PriorityIn,
    who: Caller,
    tx: Tx,
    policy: PolicyInForce,
    now: Now,
    once: OnceOnly,
) -> SetOut | Response:
    """Set, replace or take away priority groups."""
    who.require(*PRIORITY_READERS)
    who.person_in(body.school_id)

    async def make() -> SetOut:
        await set_priority_groups(tx, body.school_id, child_id, body.groups, policy=policy, now=now)
        return SetOut(child_id=child_id)

    return await once(make)


@router.get("/children/{child_id}/blocked")
async def blocked(child_id: UUID, school_id: UUID, who: Caller, tx: Tx, now: Now) -> BlockedPeopleOut:
    """Return who must not collect a child, and the orders."""
    who.require(*OFFICERS)
    people = await blocked_of(tx, school_id, child_id, by=who.person_in(school_id), now=now)
    return BlockedPeopleOut(blocked=[BlockedOut.model_validate(one, from_attributes=True) for one in people])


@router.post("/children/{child_id}/blocked", status_code=201, response_model=BlockedOut)
async def block(
    child_id: UUID, body: BlockIn, who: Caller, tx: Tx, cipher: Cipher, now: Now, once: OnceOnly
) -> BlockedOut | Response:
    """Record somebody who must not collect the child, with the order's number."""
    who.require(*OFFICERS)
    by = who.person_in(body.school_id)
    phone = phone_of(body.phone) if body.phone else None
    if body.phone and phone is None:
        raise PhoneInvalid
    person = Block(child_id, body.name, phone, body.reason, body.order_no)

    async def make() -> BlockedOut:
        found = await block_person(tx, body.school_id, person, by=by, cipher=cipher, now=now)
        return BlockedOut.model_validate(found, from_attributes=True)

    return await once(make)


@router.delete("/blocked/{blocked_id}", response_model=BlockedOut)
async def unblock(
    blocked_id: UUID,
    school_id: UUID,
    reason: Annotated[str, Query(min_length=1, max_length=200)],
    who: Caller,
    tx: Tx,
    now: Now,
    once: OnceOnly,
) -> BlockedOut | Response:
    """End a block, with its reason; collectors and rights do not come back by themselves."""
    who.require(*OFFICERS)
    who.person_in(school_id)

    async def make() -> BlockedOut:
        found = await lift_block(tx, school_id, blocked_id, reason=reason, now=now)
        return BlockedOut.model_validate(found, from_attributes=True)

    return await once(make)


@router.get("/sensitive-reads")
async def reads(
    school_id: UUID,
    who: Caller,
    tx: Tx,
    child_id: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> ReadsOut:
    """Return who looked at what, for the school's administrator."""
    who.require(Persona.SCHOOL_ADMIN)
    who.person_in(school_id)
    rows = await tx.execute(_READS, {"school_id": school_id, "child_id": child_id, "most": limit})
    return ReadsOut(reads=[ReadOut.model_validate(dict(row)) for row in rows.mappings()])

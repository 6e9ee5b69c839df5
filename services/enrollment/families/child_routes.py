"""One child for an officer: its page, and what its guardians may do."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, Field

from services.contracts.personas import OFFICERS
from services.enrollment.families.change_guardianship import Rights, end_guardianship, set_rights
from services.enrollment.families.child_page import ChildPage, child_page
from services.enrollment.families.note_read import note_read
from services.enrollment.families.routes import ChildPlaceOut
from services.enrollment.families.tables import Guardianship
from services.enrollment.given import Cipher
from services.enrollment.imports.difference import masked
from services.kernel.cipher import FieldCipher
from services.kernel.clock import school_day
from services.kernel.web.dependencies import Caller, Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1/families/children", tags=["families"])


class RightsIn(BaseModel):
    """What a guardian may do for a child, whole; ``rank`` 1 is called first."""

    school_id: UUID
    may_choose: bool
    may_sign: bool
    may_collect: bool
    is_told: bool
    rank: Annotated[int, Field(ge=1, le=20)]


class RightsOut(BaseModel):
    """What a guardian may do for a child; ``ended``: it is its guardian no longer."""

    child_id: UUID
    guardian_id: UUID
    relation: str
    rank: int
    may_choose: bool
    may_sign: bool
    may_collect: bool
    is_told: bool
    ended: bool


class GuardianOut(BaseModel):
    """A guardian of the child; ``phone`` with its middle hidden, unless it was asked for in full."""

    guardian_id: UUID
    name: str
    phone: str
    relation: str
    rank: int
    may_choose: bool
    may_sign: bool
    may_collect: bool
    is_told: bool


class MoveOut(BaseModel):
    """When the child came or left; ``effective_on`` is the first day there, or no longer there."""

    direction: Literal["in", "out", "graduated"]
    effective_on: date
    other_school: str | None
    reason: str
    decided_at: AwareDatetime


class SiblingOut(BaseModel):
    """A child of the school that shares a guardian."""

    child_id: UUID
    name: str
    grade: int
    class_name: str


class ChildPageOut(BaseModel):
    """A child with those around it. Health notes, priority groups and blocked persons have pages of their own.

    ``agreement_number`` is in force; signed when equal to ``agreed_number``. ``removed``: not at the school now.
    """

    child_id: UUID
    student_no: str
    name: str
    sex: Literal["boy", "girl"] | None
    grade: int
    class_name: str
    boarder: bool
    agreed_number: int | None
    agreement_number: int | None
    removed: bool
    guardians: list[GuardianOut]
    places: list[ChildPlaceOut]
    moves: list[MoveOut]
    siblings: list[SiblingOut]


@router.get("/{child_id}")
async def page(
    child_id: UUID,
    who: Caller,
    tx: Tx,
    cipher: Cipher,
    now: Now,
    school_id: UUID,
    phones: Literal["masked", "full"] = "masked",
) -> ChildPageOut:
    """Return everything about a child that an officer works with; that phones were read in full is written down."""
    who.require(*OFFICERS)
    by = who.person_in(school_id)
    found = await child_page(tx, school_id, child_id, today=school_day(now))
    if phones == "full":
        await note_read(tx, school_id, "phone", of=child_id, by=by, now=now)
    return _page(found, cipher, reveal=phones == "full")


@router.put("/{child_id}/guardians/{guardian_id}", response_model=RightsOut)
async def rights(
    child_id: UUID, guardian_id: UUID, body: RightsIn, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> RightsOut | Response:
    """Say what a guardian may do for a child; a sheet that is imported later leaves these rights as they are."""
    who.require(*OFFICERS)
    who.person_in(body.school_id)
    wanted = Rights(**body.model_dump(exclude={"school_id"}))

    async def make() -> RightsOut:
        return _rights(await set_rights(tx, body.school_id, (child_id, guardian_id), wanted, now=now))

    return await once(make)


@router.delete("/{child_id}/guardians/{guardian_id}", response_model=RightsOut)
async def end(
    child_id: UUID, guardian_id: UUID, school_id: UUID, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> RightsOut | Response:
    """End a guardianship; somebody who is told of the child must remain."""
    who.require(*OFFICERS)
    who.person_in(school_id)

    async def make() -> RightsOut:
        return _rights(await end_guardianship(tx, school_id, (child_id, guardian_id), now=now))

    return await once(make)


def _rights(bond: Guardianship) -> RightsOut:
    return RightsOut.model_validate({**bond.model_dump(), "ended": bond.removed})


def _page(found: ChildPage, cipher: FieldCipher, *, reveal: bool) -> ChildPageOut:
    def phone(sealed: bytes) -> str:
        return cipher.open(sealed) if reveal else masked(cipher.open(sealed))

    guardians = [{**row, "phone": phone(row["phone_sealed"])} for row in found.guardians]
    return ChildPageOut.model_validate(
        {
            **found.child,
            "guardians": guardians,
            "places": [dict(row) for row in found.places],
            "moves": [dict(row) for row in found.moves],
            "siblings": [dict(row) for row in found.siblings],
        }
    )

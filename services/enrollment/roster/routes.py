"""What neighbours ask about schools and people; only with a service token."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy import select
from sqlmodel import col

from services.contracts.internal import enrollment as wire
from services.enrollment.families.request_guardianship import request_guardianship, request_on_file
from services.enrollment.given import Cipher
from services.enrollment.roster.roster_page import roster_page, school_entry
from services.enrollment.schools.accept_invitation import accept_invitation
from services.enrollment.schools.people_by_phone import people_by_phone
from services.enrollment.schools.tables import School
from services.kernel.clock import real_now
from services.kernel.database.transaction import set_scope
from services.kernel.web.dependencies import InternalTx, Now

MOST_ROWS = 20_000

router = APIRouter(prefix="/internal", include_in_schema=False)


@router.get("/roster")
async def roster(
    school_id: UUID,
    tx: InternalTx,
    cipher: Cipher,
    since: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 5_000,
) -> wire.RosterPage:
    """Return what changed of a school after version ``since``."""
    return await roster_page(tx, school_id, since=since, limit=limit, cipher=cipher)


@router.get("/schools")
async def schools(tx: InternalTx) -> wire.SchoolList:
    """Return every school of the platform; the agreement's number only for those in scope."""
    ids = (await tx.scalars(select(col(School.school_id)).order_by(col(School.code)))).all()
    return wire.SchoolList(schools=[await school_entry(tx, school_id) for school_id in ids])


@router.post("/people")
async def by_phone(body: wire.PhoneIn, tx: InternalTx, cipher: Cipher) -> wire.PeopleFound:
    """Return everybody that a (verified) phone stands for."""
    found = await people_by_phone(tx, body.phone, cipher=cipher)
    return wire.PeopleFound(
        people=[wire.PersonFound.model_validate(row, from_attributes=True) for row in found]
    )


@router.post("/invitations/acceptance", status_code=201)
async def accept(body: wire.InvitationIn, tx: InternalTx, cipher: Cipher, now: Now) -> wire.PeopleFound:
    """Make who holds the code an officer; return everybody that the phone stands for from now on."""
    await accept_invitation(
        tx, code=body.code, name=body.name, phone=body.phone, cipher=cipher, now=now, real_now=real_now()
    )
    return await by_phone(wire.PhoneIn(phone=body.phone), tx, cipher)


@router.post("/guardianship-requests", status_code=201)
async def ask_to_be_guardian(
    body: wire.GuardianshipRequestIn, tx: InternalTx, cipher: Cipher, now: Now
) -> wire.GuardianshipRequestOut:
    """Note that somebody says to be a child's guardian; the school's officer decides."""
    await set_scope(tx, [body.school_id])
    request = await request_guardianship(tx, body, cipher=cipher, now=now)
    return wire.GuardianshipRequestOut.model_validate(request, from_attributes=True)


@router.get("/guardianship-requests/{request_id}")
async def guardianship_request(
    request_id: UUID, school_id: UUID, tx: InternalTx
) -> wire.GuardianshipRequestOut:
    """Return what became of a request."""
    request = await request_on_file(tx, school_id, request_id)
    return wire.GuardianshipRequestOut.model_validate(request, from_attributes=True)

"""Somebody whose phone is not on file says to be a child's guardian."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.internal.enrollment import GuardianshipRequestIn
from services.enrollment.families.errors import PhoneInvalid, TooManyOpenRequests, UnknownRequest
from services.enrollment.families.tables import GuardianshipRequest
from services.enrollment.imports.rules.plain_cells import name_of, phone_of
from services.enrollment.schools.errors import SchoolNotOnFile
from services.enrollment.schools.tables import School
from services.kernel.cipher import FieldCipher

_WRITE = text(
    "INSERT INTO guardianship_request (school_id, request_id, account_id, name, phone_sealed, phone_index,"
    " child_name, grade, class_name, relation, state, asked_at) VALUES (:school_id, :request_id, :account_id,"
    " :name, :phone_sealed, :phone_index, :child_name, :grade, :class_name, :relation, 'open', :asked_at)"
    " ON CONFLICT (school_id, request_id) DO NOTHING"
)

_OPEN = text(
    "SELECT count(*) FROM guardianship_request WHERE school_id = :school_id AND state = 'open'"
    " AND phone_index = :phone_index AND request_id <> :request_id"
)
MOST_OPEN = 6
"""Requests of one phone waiting at one school: more children than a family has there."""


async def request_guardianship(
    tx: AsyncSession, asked: GuardianshipRequestIn, *, cipher: FieldCipher, now: datetime
) -> GuardianshipRequest:
    """Note the request; the same id again is the same request. What it says about the child is only a claim.

    Nothing of the school's data is shown to who asks, not even whether the child exists.

    Raises:
        SchoolNotOnFile, PhoneInvalid: by name.
        TooManyOpenRequests: an officer's list has an end; nobody may fill it for the others.
    """
    if await tx.get(School, asked.school_id) is None:
        raise SchoolNotOnFile
    phone = phone_of(asked.phone)
    if phone is None:
        raise PhoneInvalid
    index = cipher.blind_index(phone)
    if await _open_of(tx, asked, index) >= MOST_OPEN:
        raise TooManyOpenRequests(most=MOST_OPEN)
    await tx.execute(
        _WRITE,
        {
            **asked.model_dump(exclude={"phone"}),
            "name": name_of(asked.name) or asked.name,
            "phone_sealed": cipher.seal(phone),
            "phone_index": index,
            "child_name": name_of(asked.child_name) or asked.child_name,
            "asked_at": now,
        },
    )
    return await request_on_file(tx, asked.school_id, asked.request_id)


async def _open_of(tx: AsyncSession, asked: GuardianshipRequestIn, phone_index: bytes) -> int:
    """Count other open requests of a phone; two at the same moment may both pass, which fills no list."""
    told = {"school_id": asked.school_id, "request_id": asked.request_id, "phone_index": phone_index}
    return int(await tx.scalar(_OPEN, told) or 0)


async def request_on_file(tx: AsyncSession, school_id: UUID, request_id: UUID) -> GuardianshipRequest:
    """Return a request; raises UnknownRequest."""
    found = await tx.get(GuardianshipRequest, (school_id, request_id), populate_existing=True)
    if found is None:
        raise UnknownRequest
    return found

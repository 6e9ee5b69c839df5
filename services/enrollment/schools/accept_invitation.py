"""A school's first officer takes up the invitation."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.families.rules.name_reading import initials_of, pinyin_of
from services.enrollment.roster.take_version import take_version
from services.enrollment.schools.create_school import hash_code
from services.enrollment.schools.errors import InvitationOver, InvitationUnknown
from services.enrollment.schools.staff_by_phone import staff_by_phone
from services.enrollment.schools.tables import Invitation, Staff
from services.kernel.cipher import FieldCipher
from services.kernel.database.transaction import set_scope
from services.kernel.ids import new_id

_INVITED_TO = text("SELECT school_id, invitation_id FROM invited_to(:code_hash)")


async def accept_invitation(
    tx: AsyncSession,
    *,
    code: str,
    name: str,
    phone: str,
    cipher: FieldCipher,
    now: datetime,
    real_now: datetime,
) -> Staff:
    """Make who holds the code an officer of its school. Widens the transaction's scope to that school.

    Somebody already on the staff sheet by this phone gains the invitation's personas; anybody else becomes a
    new member of staff. ``phone`` was verified by the gateway.

    Raises:
        InvitationUnknown: no such code.
        InvitationOver: used before, or older than 72 hours of real time.
    """
    found = (await tx.execute(_INVITED_TO, {"code_hash": hash_code(code)})).one_or_none()
    if found is None:
        raise InvitationUnknown
    await set_scope(tx, [found.school_id])
    taken = await tx.execute(
        update(Invitation)
        .where(
            col(Invitation.school_id) == found.school_id,
            col(Invitation.invitation_id) == found.invitation_id,
            col(Invitation.used_at).is_(None),
            col(Invitation.expires_at) > real_now,
        )
        .values(used_at=real_now)
        .returning(col(Invitation.personas))
    )
    personas = taken.scalar_one_or_none()
    if personas is None:
        raise InvitationOver
    officer = await _officer(tx, found.school_id, name, phone, cipher, personas)
    officer.version = await take_version(tx, found.school_id, now=now)
    tx.add(officer)
    await tx.flush()
    await tx.execute(
        update(Invitation)
        .where(
            col(Invitation.school_id) == found.school_id,
            col(Invitation.invitation_id) == found.invitation_id,
        )
        .values(used_by=officer.staff_id)
    )
    return officer


async def _officer(
    tx: AsyncSession, school_id: UUID, name: str, phone: str, cipher: FieldCipher, personas: list[str]
) -> Staff:
    known = await staff_by_phone(tx, school_id, cipher.blind_index(phone))
    if known is not None:
        known.granted = sorted({*known.granted, *personas})
        known.personas = sorted({*known.personas, *personas})
        return known
    staff_id = new_id()
    return Staff(
        school_id=school_id,
        staff_id=staff_id,
        staff_no=f"invited-{staff_id.hex[-8:]}",
        name=name,
        pinyin=pinyin_of(name),
        initials=initials_of(name),
        phone_sealed=cipher.seal(phone),
        phone_index=cipher.blind_index(phone),
        personas=sorted(personas),
        granted=sorted(personas),
        version=0,
    )

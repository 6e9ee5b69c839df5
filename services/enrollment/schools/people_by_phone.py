"""Who is this phone, in all schools? Asked at log-in, before any scope exists."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.rules.plain_cells import phone_of
from services.kernel.cipher import FieldCipher

_PEOPLE = text(
    "SELECT school_id, person_id, persona FROM people_by_phone(:phone_index) ORDER BY school_id, persona"
)


async def people_by_phone(tx: AsyncSession, phone: str, *, cipher: FieldCipher) -> Sequence[Any]:
    """Return (school_id, person_id, persona) for every school and persona; nothing for an unknown phone.

    The look-up sees every school (a SECURITY DEFINER function) and answers this question only.
    """
    plain = phone_of(phone)
    if plain is None:
        return []
    return (await tx.execute(_PEOPLE, {"phone_index": cipher.blind_index(plain)})).all()

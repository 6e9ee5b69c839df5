"""What are these ids called? Names of children, adults and rooms of one school, for sentences."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.database.transaction import raw

NAMES = """
SELECT child_id AS id, name FROM child WHERE school_id = $1 AND child_id = ANY($2::uuid[])
UNION ALL
SELECT adult_id, name FROM adult WHERE school_id = $1 AND adult_id = ANY($2::uuid[])
UNION ALL
SELECT room_id, name FROM room WHERE school_id = $1 AND room_id = ANY($2::uuid[])
"""


async def names_of(tx: AsyncSession, school_id: UUID, ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Return the name of each id that the roster knows; no id is called 「—」."""
    wanted = {each for each in ids if each is not None}
    names: dict[UUID | None, str] = {None: "—"}
    if wanted:
        rows = await (await raw(tx)).fetch(NAMES, school_id, list(wanted))
        names |= {row["id"]: row["name"] for row in rows}
    return names

"""Whether a school's families hear of each walk between rooms."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_WISHING = text("SELECT school_id FROM school WHERE school_id = ANY(:schools) AND tells_moves")
# The school's row is not secured (a pull finds it before any scope); the scope is asked for by hand.
_SWITCH = text(
    "UPDATE school SET tells_moves = :on"
    " WHERE school_id = ANY(NULLIF(current_setting('kehou.school_ids', true), '')::uuid[])"
)


async def schools_telling_moves(tx: AsyncSession, schools: Collection[UUID]) -> set[UUID]:
    """Return those of ``schools`` that wish it."""
    return set((await tx.execute(_WISHING, {"schools": list(schools)})).scalars())


async def switch_moves(tx: AsyncSession, *, on: bool) -> None:
    """Turn it on or off for the schools of the transaction's scope."""
    await tx.execute(_SWITCH, {"on": on})

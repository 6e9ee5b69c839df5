"""End open proposals whose place has ended."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_MOOT = text(
    "UPDATE swap_proposal SET state = 'moot', ended_at = :now"
    " WHERE school_id = :school_id AND place_id = ANY(CAST(:places AS uuid[])) AND state = 'open'"
)


async def moot_swaps(
    tx: AsyncSession, school_id: UUID, place_ids: Collection[UUID], *, now: datetime
) -> None:
    """Close what was proposed for these places: they are not there to be given any more."""
    await tx.execute(_MOOT, {"school_id": school_id, "places": list(place_ids), "now": now})

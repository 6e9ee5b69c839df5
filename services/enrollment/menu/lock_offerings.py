"""Lock offerings, so that nobody counts or gives their places meanwhile."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_LOCK = text(
    "SELECT FROM offering WHERE school_id = :school_id AND offering_id = ANY(CAST(:offerings AS uuid[]))"
    " ORDER BY offering_id FOR NO KEY UPDATE"
)


async def lock_offerings(tx: AsyncSession, school_id: UUID, offering_ids: Collection[UUID]) -> None:
    """Lock offerings in the order of their ids, after the children; `selection.read_clubs` also reads them."""
    await tx.execute(_LOCK, {"school_id": school_id, "offerings": list(offering_ids)})

"""Lock offerings, so that their places can be counted and given."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

LOCK = (
    "SELECT * FROM offering WHERE school_id = :school_id AND offering_id = ANY(CAST(:offerings AS uuid[]))"
    " ORDER BY offering_id FOR NO KEY UPDATE"
)


async def lock_offerings(
    tx: AsyncSession, school_id: UUID, offering_ids: Collection[UUID]
) -> dict[UUID, dict[str, Any]]:
    """Lock offerings in the order of their ids, after the children; an unknown one is not in the answer."""
    facts = {"school_id": school_id, "offerings": list(offering_ids)}
    return {row["offering_id"]: dict(row) for row in (await tx.execute(text(LOCK), facts)).mappings()}

"""How many places of some offerings can still be given?"""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_FREE = text(
    "SELECT o.offering_id, o.capacity"
    "   - (SELECT count(DISTINCT p.child_id) FROM place p"
    "       WHERE p.school_id = o.school_id AND p.offering_id = o.offering_id"
    "         AND (p.until_on IS NULL OR p.until_on > greatest(p.from_on, CAST(:since AS date))))"
    "   - (SELECT count(*) FROM waiting_entry w"
    "       WHERE w.school_id = o.school_id AND w.offering_id = o.offering_id AND w.state = 'offered')"
    "   - (SELECT count(*) FROM held_back_place h"
    "       WHERE h.school_id = o.school_id AND h.offering_id = o.offering_id AND h.back_at > :now) AS free"
    "  FROM offering o WHERE o.school_id = :school_id AND o.offering_id = ANY(CAST(:offerings AS uuid[]))"
)


async def free_places(
    tx: AsyncSession, school_id: UUID, offering_ids: Collection[UUID], *, since: date, now: datetime
) -> dict[UUID, int]:
    """Return capacity less the children with a place on ``since`` or later, live offers and places held back.

    Exact under the offerings' lock, otherwise a hint. Below zero where the school took seats away.
    """
    facts = {"school_id": school_id, "offerings": sorted(offering_ids), "since": since, "now": now}
    return {row.offering_id: row.free for row in await tx.execute(_FREE, facts)}

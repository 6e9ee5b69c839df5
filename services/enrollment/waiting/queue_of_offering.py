"""An offering's waiting list as its enrolment officer sees it: in the order of offers, with tiers."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

_QUEUE = text(
    "SELECT w.entry_id, w.child_id, c.name, c.grade, c.class_name, w.tier, w.since, w.state, w.offered_at,"
    "       w.expires_at, w.promoted_because"
    "  FROM waiting_entry w JOIN child c USING (school_id, child_id)"
    " WHERE w.school_id = :school_id AND w.offering_id = :offering_id AND w.state IN ('waiting', 'offered')"
    " ORDER BY w.state, w.tier, w.since, w.entry_id"
)


async def queue_of_offering(tx: AsyncSession, school_id: UUID, offering_id: UUID) -> Sequence[RowMapping]:
    """Return offers first, then who waits, the next to be offered first."""
    facts = {"school_id": school_id, "offering_id": offering_id}
    return (await tx.execute(_QUEUE, facts)).mappings().all()

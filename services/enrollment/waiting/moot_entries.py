"""End entries of waiting lists that have lost their object."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.waiting.soon_offer_places import soon_offer_places
from services.enrollment.waiting.tables import LIVE

_MOOT = text(
    f"UPDATE waiting_entry SET state = 'moot', ended_at = :now WHERE school_id = :school_id AND {LIVE}"  # noqa: S608 - our own words
    "   AND (child_id = ANY(CAST(:children AS uuid[])) OR offering_id = ANY(CAST(:offerings AS uuid[]))"
    "     OR (child_id, offering_id) IN (SELECT * FROM unnest(CAST(:holders AS uuid[]), CAST(:held AS uuid[]))))"
    " RETURNING offering_id, offered_at"
)


async def moot_entries(
    tx: AsyncSession,
    school_id: UUID,
    *,
    children: Collection[UUID] = (),
    offerings: Collection[UUID] = (),
    held: Collection[tuple[UUID, UUID]] = (),
    now: datetime,
) -> None:
    """End the live entries of children who left, of offerings withdrawn, and of (child, offering) now held.

    Children and offerings are locked by the caller. A place that was reserved goes to the next who waits.
    """
    facts = {
        "school_id": school_id,
        "children": list(children),
        "offerings": list(offerings),
        "holders": [child for child, _ in held],
        "held": [offering for _, offering in held],
        "now": now,
    }
    ended = await tx.execute(_MOOT, facts)
    freed = {row.offering_id for row in ended if row.offered_at is not None}
    await soon_offer_places(tx, school_id, freed - set(offerings), due_at=now)

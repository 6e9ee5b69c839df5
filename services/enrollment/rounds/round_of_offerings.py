"""Which round is an offering chosen in now, and how does that round stand?"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.rounds.rules.phase import Standing, phase_of

# A round is announced only where the one before it is out: the newest is the one that counts.
_ROUNDS = text(
    "SELECT DISTINCT ON (o.offering_id) o.offering_id, r.round_id, r.kind, r.visible_from, r.opens_at, r.closes_at,"
    "       r.results_at, r.published_at, r.most_clubs, r.frees_at"
    "  FROM round_offering o JOIN round r USING (school_id, round_id)"
    " WHERE o.school_id = :school_id AND o.offering_id = ANY(CAST(:offerings AS uuid[]))"
    "   AND r.cancelled_at IS NULL"
    " ORDER BY o.offering_id, r.announced_at DESC, r.round_id DESC"
)


async def standing_of(
    tx: AsyncSession, school_id: UUID, offering_ids: Collection[UUID], *, now: datetime
) -> dict[UUID, Standing]:
    """Return how the round of each offering stands at ``now``; an offering in no round is not in the answer."""
    rows = await tx.execute(_ROUNDS, {"school_id": school_id, "offerings": list(offering_ids)})
    return {
        row.offering_id: Standing(
            round_id=row.round_id,
            rule=row.kind,
            phase=phase_of(row, now=now),
            most_clubs=row.most_clubs,
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            results_at=row.results_at,
            frees_at=row.frees_at,
        )
        for row in rows
    }

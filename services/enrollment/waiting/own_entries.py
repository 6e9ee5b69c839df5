"""What a guardian's own children wait for, over all schools of the token."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

SHOWN_AFTER_END = timedelta(days=30)

# ``earlier`` counts by time only, never by tier: see rules.entry_words. Beside an offer it would say who was passed.
_OWN = text(
    "SELECT w.school_id, w.entry_id, w.child_id, w.offering_id, o.title, w.state, w.since, w.offered_at, w.expires_at,"
    "       w.ended_at, w.place_id,"
    "       CASE WHEN w.state <> 'waiting' THEN 0 ELSE (SELECT count(*) FROM waiting_entry e"
    "         WHERE e.school_id = w.school_id AND e.offering_id = w.offering_id AND e.state IN ('waiting', 'offered')"
    "         AND (e.since, e.entry_id) < (w.since, w.entry_id)) END"
    "         AS earlier"
    "  FROM unnest(CAST(:schools AS uuid[]), CAST(:people AS uuid[])) AS me (school_id, guardian_id)"
    "  JOIN guardianship g USING (school_id, guardian_id)"
    "  JOIN child c ON c.school_id = g.school_id AND c.child_id = g.child_id"
    "  JOIN waiting_entry w ON w.school_id = c.school_id AND w.child_id = c.child_id"
    "  JOIN offering o ON o.school_id = w.school_id AND o.offering_id = w.offering_id"
    " WHERE NOT g.removed AND NOT c.removed AND (w.ended_at IS NULL OR w.ended_at > :shown_since)"
    "   AND (CAST(:entry_id AS uuid) IS NULL OR w.entry_id = CAST(:entry_id AS uuid))"
    " ORDER BY w.since, w.entry_id"
)


async def own_entries(
    tx: AsyncSession, people: Mapping[UUID, UUID], *, entry_id: UUID | None = None, now: datetime
) -> list[dict[str, Any]]:
    """Return the family's entries, or the one asked for; those that ended stay for 30 days.

    ``people``: school -> guardian id.
    """
    facts = {
        "schools": list(people),
        "people": list(people.values()),
        "entry_id": entry_id,
        "shown_since": now - SHOWN_AFTER_END,
    }
    return [dict(row) for row in (await tx.execute(_OWN, facts)).mappings()]

"""What a guardian's children propose to exchange, over all schools of the token."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

SHOWN_AFTER_END = timedelta(days=30)

_OWN = text(
    "SELECT s.school_id, s.swap_id, s.child_id, s.place_id, s.gives_id, a.title AS gives, s.wants_id, b.title AS wants,"
    "       s.proposed_at, s.state"
    "  FROM unnest(CAST(:schools AS uuid[]), CAST(:people AS uuid[])) AS me (school_id, guardian_id)"
    "  JOIN guardianship g USING (school_id, guardian_id)"
    "  JOIN child c ON c.school_id = g.school_id AND c.child_id = g.child_id"
    "  JOIN swap_proposal s ON s.school_id = c.school_id AND s.child_id = c.child_id"
    "  JOIN offering a ON a.school_id = s.school_id AND a.offering_id = s.gives_id"
    "  JOIN offering b ON b.school_id = s.school_id AND b.offering_id = s.wants_id"
    " WHERE NOT g.removed AND NOT c.removed AND (s.ended_at IS NULL OR s.ended_at > :shown_since)"
    " ORDER BY s.proposed_at, s.swap_id"
)


async def own_swaps(tx: AsyncSession, people: Mapping[UUID, UUID], *, now: datetime) -> list[dict[str, Any]]:
    """Return the family's proposals; those that ended stay for 30 days. ``people``: school -> guardian id."""
    facts = {
        "schools": list(people),
        "people": list(people.values()),
        "shown_since": now - SHOWN_AFTER_END,
    }
    return [dict(row) for row in (await tx.execute(_OWN, facts)).mappings()]

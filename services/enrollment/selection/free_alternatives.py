"""Where else could this child still go at that time?"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MOST = 5

_FREE = text(
    "SELECT o.offering_id, o.title, o.kind, o.weekdays, o.starts, o.ends, o.capacity - count(p.child_id) AS free"
    "  FROM offering o LEFT JOIN place p ON p.school_id = o.school_id AND p.offering_id = o.offering_id"
    "   AND (p.until_on IS NULL OR p.until_on > greatest(p.from_on, CAST(:since AS date)))"
    " WHERE o.school_id = :school_id AND o.term_id = :term_id AND o.state = 'published' AND NOT o.basic"
    "   AND o.offering_id <> :offering_id AND CAST(:grade AS smallint) = ANY(o.grades)"
    "   AND o.weekdays && CAST(:weekdays AS smallint[]) AND o.starts < :ends AND o.ends > :starts"
    "   AND NOT EXISTS (SELECT FROM place q JOIN offering h USING (school_id, offering_id)"
    "     WHERE q.school_id = o.school_id AND q.child_id = :child_id AND NOT h.basic"
    "       AND (q.until_on IS NULL OR q.until_on > greatest(q.from_on, CAST(:since AS date)))"
    "       AND q.weekdays && o.weekdays AND h.starts < o.ends AND h.ends > o.starts)"
    " GROUP BY o.school_id, o.offering_id HAVING o.capacity > count(p.child_id)"
    " ORDER BY (o.kind = :kind) DESC, free DESC, o.code LIMIT :most"
)


async def free_alternatives(
    tx: AsyncSession, offering: Mapping[str, Any], *, child_id: UUID, grade: int, since: date
) -> list[dict[str, Any]]:
    """Return up to five offerings with room that overlap the wanted one and clash with nothing of the child's.

    The same kind first, then the emptiest. Counted without a lock: a hint, not a promise.
    """
    rows = await tx.execute(
        _FREE,
        {
            "school_id": offering["school_id"],
            "term_id": offering["term_id"],
            "offering_id": offering["offering_id"],
            "weekdays": list(offering["weekdays"]),
            "starts": offering["starts"],
            "ends": offering["ends"],
            "kind": offering["kind"],
            "child_id": child_id,
            "grade": grade,
            "since": since,
            "most": MOST,
        },
    )
    return [
        {
            "offering_id": row.offering_id,
            "title": row.title,
            "weekdays": row.weekdays,
            "starts": f"{row.starts:%H:%M}",
            "ends": f"{row.ends:%H:%M}",
            "free": row.free,
        }
        for row in rows
    ]

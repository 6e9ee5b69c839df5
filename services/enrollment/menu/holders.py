"""Who holds a place in which offering of a term?"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.menu.rules.kept_places import Holder

_HOLDERS = text(
    "SELECT DISTINCT o.code, c.child_id, c.grade, c.class_name"
    "  FROM (SELECT school_id, offering_id, child_id FROM place WHERE school_id = :school_id"
    "           AND (until_on IS NULL OR until_on > greatest(from_on, CAST(:since AS date)))"
    "         UNION SELECT school_id, offering_id, child_id FROM waiting_entry"
    "           WHERE school_id = :school_id AND state = 'offered') AS held"
    "  JOIN offering o USING (school_id, offering_id) JOIN child c USING (school_id, child_id)"
    " WHERE o.term_id = :term_id AND held.child_id IN (SELECT child_id FROM place"
    "         WHERE school_id = :school_id AND offering_id = ANY(CAST(:offerings AS uuid[]))"
    "         UNION SELECT child_id FROM waiting_entry WHERE school_id = :school_id AND state = 'offered'"
    "           AND offering_id = ANY(CAST(:offerings AS uuid[])))"
)


async def holders(
    tx: AsyncSession, school_id: UUID, term_id: UUID, offering_ids: Collection[UUID], *, since: date
) -> dict[str, set[Holder]]:
    """Return the children of these offerings, with everything else that they hold in the term, by code.

    A place counts from ``since`` on, and so does one that is reserved for a child that waits.
    """
    if not offering_ids:
        return {}
    facts = {
        "school_id": school_id, "term_id": term_id, "offerings": list(offering_ids), "since": since
    }  # fmt: skip
    found: dict[str, set[Holder]] = {}
    for row in await tx.execute(_HOLDERS, facts):
        found.setdefault(row.code, set()).add(Holder(row.child_id, row.grade, row.class_name))
    return found

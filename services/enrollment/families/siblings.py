"""Which children of a school have a guardian in common?"""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_PAIRS = text(
    "SELECT DISTINCT mine.child_id, other.child_id AS sibling_id"
    "  FROM guardianship mine"
    "  JOIN guardianship other USING (school_id, guardian_id)"
    "  JOIN child c ON c.school_id = other.school_id AND c.child_id = other.child_id"
    " WHERE mine.school_id = :school_id AND mine.child_id = ANY(CAST(:children AS uuid[]))"
    "   AND other.child_id <> mine.child_id AND NOT mine.removed AND NOT other.removed AND NOT c.removed"
)


async def siblings_of(
    tx: AsyncSession, school_id: UUID, child_ids: Collection[UUID]
) -> dict[UUID, set[UUID]]:
    """Return for each child who has any: its siblings at the school, asked for here or not.

    Siblings are children on file who share a guardian that neither of them has lost.
    """
    facts = {"school_id": school_id, "children": list(child_ids)}
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for pair in await tx.execute(_PAIRS, facts):
        found[pair.child_id].add(pair.sibling_id)
    return dict(found)

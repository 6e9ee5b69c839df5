"""Which offerings by invitation are children invited to (R07)?"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_INVITED = text(
    "SELECT child_id, offering_id FROM offering_invitation"
    " WHERE school_id = :school_id AND child_id = ANY(CAST(:children AS uuid[]))"
)


async def invitations_of(
    tx: AsyncSession, school_id: UUID, children: Collection[UUID]
) -> Mapping[UUID, frozenset[UUID]]:
    """Return the offerings by invitation that each of the children is invited to; none: left out."""
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for row in await tx.execute(_INVITED, {"school_id": school_id, "children": list(children)}):
        found[row.child_id].add(row.offering_id)
    return {child: frozenset(offerings) for child, offerings in found.items()}

"""Whose turn comes before whose, by the jurisdiction's priority groups (R06)? For draws and waiting lists alike."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.policy import Draw, Policy

_GROUPS = text(
    "SELECT c.child_id, c.grade, array_remove(array_agg(p.group_name), NULL) AS groups"
    "  FROM child c LEFT JOIN child_priority p USING (school_id, child_id)"
    " WHERE c.school_id = :school_id AND c.child_id = ANY(CAST(:children AS uuid[]))"
    " GROUP BY c.child_id, c.grade"
)


async def tier_of(
    tx: AsyncSession, school_id: UUID, child_ids: Collection[UUID], *, policy: Policy
) -> dict[UUID, int]:
    """Return each child's tier: 0 is served first. A child that the school does not know is left out.

    The number says something of a priority group: it is shown to the enrolment officer only.
    """
    facts = {"school_id": school_id, "children": list(child_ids)}
    return {
        row.child_id: tier(row.grade, row.groups, draw=policy.draw)
        for row in await tx.execute(_GROUPS, facts)
    }


def tier(grade: int, groups: Collection[str], *, draw: Draw) -> int:
    """Return the first tier that names one of the child's groups; ``len(draw.tiers)`` when none does."""
    own = {*groups, *(name for name, grades in draw.grade_groups.items() if grade in grades)}
    return next((place for place, named in enumerate(draw.tiers) if own & set(named)), len(draw.tiers))

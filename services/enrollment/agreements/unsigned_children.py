"""Who has not signed the agreement in force? They are cared for all the same, and flagged."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

IN_CARE = (
    " child.school_id = :school_id AND NOT child.removed"
    "   AND EXISTS (SELECT FROM place p WHERE p.school_id = child.school_id AND p.child_id = child.child_id"
    "     AND (p.until_on IS NULL OR p.until_on > greatest(p.from_on, CAST(:today AS date))))"
)
"""A condition on ``child``: at school, and with a place now or later. Facts: ``school_id``, ``today``."""

_UNSIGNED = text(
    "SELECT child_id, student_no, name, grade, class_name, agreed_number"  # noqa: S608 - our own words
    f"  FROM child WHERE {IN_CARE} AND agreed_number IS DISTINCT FROM :number"
    " ORDER BY grade, length(class_name), class_name, pinyin, student_no"
)
_BY_CLASS = text(
    "SELECT grade, class_name, count(*) AS in_care,"  # noqa: S608 - our own words
    " count(*) FILTER (WHERE agreed_number IS DISTINCT FROM :number) AS unsigned"
    f" FROM child WHERE {IN_CARE} GROUP BY grade, class_name ORDER BY grade, length(class_name), class_name"
)


async def unsigned_children(
    tx: AsyncSession, school_id: UUID, *, number: int, today: date
) -> Sequence[RowMapping]:
    """Return children with a place, now or later, whose guardians have not signed version ``number``."""
    found = await tx.execute(_UNSIGNED, {"school_id": school_id, "number": number, "today": today})
    return found.mappings().all()


async def unsigned_by_class(
    tx: AsyncSession, school_id: UUID, *, number: int, today: date
) -> Sequence[RowMapping]:
    """Return every class with children in care: how many they are, and how many are not signed for."""
    found = await tx.execute(_BY_CLASS, {"school_id": school_id, "number": number, "today": today})
    return found.mappings().all()

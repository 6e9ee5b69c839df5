"""Who has not signed the agreement in force? They are cared for all the same, and flagged."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

_UNSIGNED = text(
    "SELECT child_id, student_no, name, grade, class_name, agreed_number FROM child"
    " WHERE school_id = :school_id AND NOT removed AND agreed_number IS DISTINCT FROM :number"
    "   AND EXISTS (SELECT FROM place p WHERE p.school_id = child.school_id AND p.child_id = child.child_id"
    "     AND (p.until_on IS NULL OR p.until_on > p.from_on))"
    " ORDER BY grade, class_name, pinyin, child_id"
)


async def unsigned_children(tx: AsyncSession, school_id: UUID, *, number: int) -> Sequence[RowMapping]:
    """Return children with a place whose guardians have not signed version ``number``."""
    found = await tx.execute(_UNSIGNED, {"school_id": school_id, "number": number})
    return found.mappings().all()

"""Find children of a school by characters, pinyin, initials, student number or class."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MOST = 50

_FIND = text(
    "SELECT child_id, student_no, name, grade, class_name, agreed_number FROM child"
    " WHERE school_id = :school_id AND NOT removed"
    "   AND (CAST(:grade AS int) IS NULL OR grade = :grade)"
    "   AND (CAST(:class_name AS text) IS NULL OR class_name = :class_name)"
    "   AND (:said = '' OR strpos(name, :said) > 0 OR student_no = :said OR starts_with(initials, lower(:said))"
    "        OR starts_with(replace(pinyin, ' ', ''), replace(lower(:said), ' ', '')))"
    " ORDER BY grade, class_name, pinyin, child_id LIMIT :most"
)


async def find_children(
    tx: AsyncSession,
    school_id: UUID,
    said: str,
    *,
    grade: int | None = None,
    class_name: str | None = None,
    most: int = MOST,
) -> Sequence[Any]:
    """Return up to ``most`` children, by class and pinyin."""
    facts = {
        "school_id": school_id,
        "said": said.strip(),
        "grade": grade,
        "class_name": class_name,
        "most": most,
    }
    return (await tx.execute(_FIND, facts)).all()

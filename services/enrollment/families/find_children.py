"""Find children of a school by characters, pinyin, initials, student number or class."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.rules.plain_cells import plain

MOST = 50

_FIND = text(
    "SELECT child_id, student_no, name, grade, class_name, agreed_number FROM child"
    " WHERE school_id = :school_id AND NOT removed"
    "   AND (CAST(:grade AS int) IS NULL OR grade = :grade)"
    "   AND (CAST(:class_name AS text) IS NULL OR class_name = :class_name)"
    "   AND (:joined = '' OR strpos(lower(replace(name, ' ', '')), :joined) > 0 OR lower(student_no) = :joined"
    "        OR starts_with(initials, :joined) OR starts_with(replace(pinyin, ' ', ''), :joined)"
    "        OR strpos(' ' || pinyin, ' ' || :said) > 0)"
    " ORDER BY grade, class_name, pinyin, child_id LIMIT :most"
)


async def find_children(
    tx: AsyncSession,
    school_id: UUID,
    said: str,
    *,
    grade: int | None = None,
    class_name: str | None = None,
) -> Sequence[Any]:
    """Return up to `MOST` children, by class and pinyin.

    ``said`` as people type it: any case, full-width letters, with or without spaces, ü or v; pinyin of the whole
    name or from any of its syllables on.
    """
    words = plain(said).lower().replace("ü", "v").split()
    facts = {
        "school_id": school_id,
        "said": " ".join(words),
        "joined": "".join(words),
        "grade": grade,
        "class_name": class_name,
        "most": MOST,
    }
    return (await tx.execute(_FIND, facts)).all()

"""What do the cards of a class say?"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.scanning.rules.card_text import card_text
from services.kernel.database.transaction import raw

CLASS = """
SELECT child.child_id, child.student_no, child.name, school.code FROM child JOIN school USING (school_id)
 WHERE child.school_id = $1 AND grade = $2 AND class_name = $3 AND NOT removed ORDER BY student_no
"""


@dataclass(frozen=True)
class Card:
    """One child's card."""

    child_id: UUID
    student_no: str
    name: str
    card: str


async def cards_of_class(
    tx: AsyncSession, school_id: UUID, key: bytes, *, grade: int, class_name: str
) -> list[Card]:
    """Return the cards of a class by student number."""
    rows = await (await raw(tx)).fetch(CLASS, school_id, grade, class_name)
    return [
        Card(
            child_id=row["child_id"],
            student_no=row["student_no"],
            name=row["name"],
            card=card_text(key, school_id, row["code"], row["child_id"]),
        )
        for row in rows
    ]

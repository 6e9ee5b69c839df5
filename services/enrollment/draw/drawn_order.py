"""The whole order of a draw as the enrolment officer sees it, with tiers (R06)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

_ORDER = text(
    "SELECT e.position, e.child_id, c.student_no, c.name, c.grade, c.class_name, e.tier, e.missed_first,"
    "       e.lottery, coalesce(w.wishes, '[]') AS wishes"
    "  FROM draw_entry e JOIN child c USING (school_id, child_id)"
    "  LEFT JOIN (SELECT child_id, jsonb_agg(jsonb_build_object("
    "      'rank', rank, 'offering_id', offering_id, 'outcome', outcome) ORDER BY rank) AS wishes"
    "    FROM draw_wish WHERE school_id = :school_id AND round_id = :round_id GROUP BY child_id) AS w"
    "    ON w.child_id = e.child_id"
    " WHERE e.school_id = :school_id AND e.round_id = :round_id ORDER BY e.position"
)


async def drawn_order(tx: AsyncSession, school_id: UUID, round_id: UUID) -> Sequence[RowMapping]:
    """Return every child of the draw, first place first, with the outcomes of its wishes."""
    facts = {"school_id": school_id, "round_id": round_id}
    return (await tx.execute(_ORDER, facts)).mappings().all()

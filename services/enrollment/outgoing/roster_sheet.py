"""The roster (学生名册), as a school hands it in: phones, health notes and priority groups, for its officer only."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.rules.roster_rows import FORM
from services.enrollment.outgoing.rules.cells import SEXES, Cell, grade_cell
from services.enrollment.outgoing.sheet import Desk, Sheet, streamed

_GUARDIAN = (
    "LEFT JOIN LATERAL (SELECT g.name, b.relation, g.phone_sealed FROM guardianship b"
    "   JOIN guardian g USING (school_id, guardian_id)"
    "  WHERE b.school_id = c.school_id AND b.child_id = c.child_id AND NOT b.removed AND b.rank = {rank}"
    "  ORDER BY b.guardian_id LIMIT 1) AS {name} ON true "
)
_ROSTER = text(
    "SELECT c.student_no, c.name, c.sex, c.grade, c.class_name, c.boarder,"  # noqa: S608 - our own words
    "       one.name AS name_1, one.relation AS relation_1, one.phone_sealed AS phone_1,"
    "       two.name AS name_2, two.relation AS relation_2, two.phone_sealed AS phone_2, h.note,"
    "       (SELECT string_agg(p.group_name, '、' ORDER BY p.group_name) FROM child_priority p"
    "         WHERE p.school_id = c.school_id AND p.child_id = c.child_id) AS groups"
    "  FROM child c "
    + _GUARDIAN.format(rank=1, name="one")
    + _GUARDIAN.format(rank=2, name="two")
    + "  LEFT JOIN child_health h ON h.school_id = c.school_id AND h.child_id = c.child_id"
    " WHERE c.school_id = :school_id AND NOT c.removed"
    " ORDER BY c.grade, length(c.class_name), c.class_name, c.student_no"
)


async def roster_sheet(tx: AsyncSession, desk: Desk) -> list[Sheet]:
    """Return one row a child, by class and student number."""

    def phone(sealed: bytes | None) -> str | None:
        return None if sealed is None else desk.cipher.open(sealed)

    def cells(row: Any) -> Sequence[Cell]:
        return (
            *(row.student_no, row.name, SEXES.get(row.sex), grade_cell(row.grade), row.class_name),
            *(row.name_1, row.relation_1, phone(row.phone_1)),
            *(row.name_2, row.relation_2, phone(row.phone_2)),
            *("是" if row.boarder else "否", row.groups, row.note),
        )

    roster = streamed(tx, _ROSTER, {"school_id": desk.school_id})
    return [Sheet(FORM.label, (*FORM.columns, *FORM.optional), roster, cells, FORM.label)]

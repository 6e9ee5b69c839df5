"""Whose safety agreement is not signed in its newest version (R29): they are cared for all the same."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.outgoing.rules.cells import Cell, class_cell
from services.enrollment.outgoing.sheet import Desk, Sheet, streamed

_UNSIGNED = text(
    "SELECT c.grade, c.class_name, c.student_no, c.name, c.agreed_number, newest.number,"
    "       (SELECT string_agg(g.name, '、' ORDER BY b.rank, g.name) FROM guardianship b"
    "          JOIN guardian g USING (school_id, guardian_id) WHERE b.school_id = c.school_id"
    "           AND b.child_id = c.child_id AND b.may_sign AND NOT b.removed) AS signers"
    "  FROM child c CROSS JOIN (SELECT max(number) AS number FROM agreement_text"
    "    WHERE school_id = :school_id) AS newest"
    " WHERE c.school_id = :school_id AND NOT c.removed AND c.agreed_number IS DISTINCT FROM newest.number"
    "   AND EXISTS (SELECT FROM place p WHERE p.school_id = c.school_id AND p.child_id = c.child_id"
    "     AND (p.until_on IS NULL OR p.until_on > p.from_on))"
    " ORDER BY c.grade, length(c.class_name), c.class_name, c.pinyin, c.student_no"
)
COLUMNS = ("班级", "学号", "姓名", "可签字的监护人", "现行版本", "签过的版本")


async def unsigned_list(tx: AsyncSession, desk: Desk) -> list[Sheet]:
    """Return one row a child with a place, by class; nobody where no agreement was issued."""

    def cells(row: Any) -> Sequence[Cell]:
        return (
            *(class_cell(row.grade, row.class_name), row.student_no, row.name),
            *(row.signers, row.number, row.agreed_number),
        )

    unsigned = streamed(tx, _UNSIGNED, {"school_id": desk.school_id})
    return [Sheet("未签协议", COLUMNS, unsigned, cells, "安全协议未签名单")]

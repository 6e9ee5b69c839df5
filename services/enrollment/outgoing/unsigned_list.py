"""Whose safety agreement is not signed in its newest version (R29): they are cared for all the same."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.agreements.unsigned_children import IN_CARE
from services.enrollment.outgoing.rules.cells import Cell, class_cell
from services.enrollment.outgoing.sheet import Desk, Sheet, streamed
from services.kernel.clock import school_day

_UNSIGNED = text(
    "SELECT child.grade, child.class_name, child.student_no, child.name, child.agreed_number, newest.number,"  # noqa: S608 - our own words
    "       (SELECT string_agg(g.name, '、' ORDER BY b.rank, g.name) FROM guardianship b"
    "          JOIN guardian g USING (school_id, guardian_id) WHERE b.school_id = child.school_id"
    "           AND b.child_id = child.child_id AND b.may_sign AND NOT b.removed) AS signers"
    "  FROM child CROSS JOIN (SELECT max(number) AS number FROM agreement_text"
    "    WHERE school_id = :school_id) AS newest"
    f" WHERE {IN_CARE} AND child.agreed_number IS DISTINCT FROM newest.number"
    " ORDER BY child.grade, length(child.class_name), child.class_name, child.pinyin, child.student_no"
)
COLUMNS = ("班级", "学号", "姓名", "可签字的监护人", "现行版本", "签过的版本")


async def unsigned_list(tx: AsyncSession, desk: Desk) -> list[Sheet]:
    """Return one row a child with a place, by class; nobody where no agreement was issued."""

    def cells(row: Any) -> Sequence[Cell]:
        return (
            *(class_cell(row.grade, row.class_name), row.student_no, row.name),
            *(row.signers, row.number, row.agreed_number),
        )

    unsigned = streamed(tx, _UNSIGNED, {"school_id": desk.school_id, "today": school_day(desk.now)})
    return [Sheet("未签协议", COLUMNS, unsigned, cells, "安全协议未签名单")]

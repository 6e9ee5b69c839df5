"""The collectors' workbook, as a school hands it in: 接送人, 禁止接送, 自行离校."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.rules.collector_rows import BLOCKED, COLLECTORS, SELF_RELEASE
from services.enrollment.outgoing.rules.cells import Cell, weekdays_cell
from services.enrollment.outgoing.sheet import Desk, Sheet, streamed

_ORDER = " WHERE s.school_id = :school_id AND NOT s.removed AND NOT c.removed ORDER BY c.student_no"
_COLLECTORS = text(
    "SELECT c.student_no, c.name AS child, s.* FROM collector s JOIN child c USING (school_id, child_id)"  # noqa: S608 - our own words
    f"{_ORDER}, s.name, s.collector_id"
)
_BLOCKED = text(
    "SELECT c.student_no, c.name AS child, s.name, s.reason, s.order_no FROM blocked_person s"  # noqa: S608 - our own words
    f" JOIN child c USING (school_id, child_id){_ORDER}, s.name"
)
_SELF_RELEASE = text(
    "SELECT c.student_no, c.name AS child, s.basis, CAST(s.valid_from AS text) FROM self_release_permission s"  # noqa: S608 - our own words
    f" JOIN child c USING (school_id, child_id){_ORDER}"
)
COLUMNS = ("学号", "学生", "接送人姓名", "与学生关系", "手机", "出生年份", "有效期起", "有效期止", "星期")


async def collector_sheets(tx: AsyncSession, desk: Desk) -> list[Sheet]:
    """Return the three sheets; they are found by their names and have no title."""

    def cells(row: Any) -> Sequence[Cell]:
        return (
            *(row.student_no, row.child, row.name, row.relation),
            *(desk.cipher.open(row.phone_sealed), row.born_year),
            *(row.valid_from.isoformat(), row.valid_until.isoformat(), weekdays_cell(row.weekdays)),
        )

    facts = {"school_id": desk.school_id}
    return [
        Sheet(COLLECTORS.label, COLUMNS, streamed(tx, _COLLECTORS, facts), cells),
        Sheet(BLOCKED.label, BLOCKED.columns, streamed(tx, _BLOCKED, facts), tuple),
        Sheet(SELF_RELEASE.label, SELF_RELEASE.columns, streamed(tx, _SELF_RELEASE, facts), tuple),
    ]

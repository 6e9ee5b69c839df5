"""Who waits for what (候补名单), in the order of offers: it shows tiers, though none is written (R06)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.outgoing.rules.cells import Cell, class_cell
from services.enrollment.outgoing.sheet import Desk, Sheet, streamed
from services.kernel.clock import SHANGHAI

_WAITING = text(
    "SELECT o.code, o.title, c.grade, c.class_name, c.name, c.student_no, w.state, w.since, w.expires_at,"
    "       row_number() OVER (PARTITION BY w.offering_id ORDER BY w.state, w.tier, w.since, w.entry_id) AS position"
    "  FROM waiting_entry w JOIN child c USING (school_id, child_id) JOIN offering o USING (school_id, offering_id)"
    " WHERE w.school_id = :school_id AND w.state IN ('waiting', 'offered')"
    "   AND (CAST(:offering_id AS uuid) IS NULL OR w.offering_id = :offering_id)"
    " ORDER BY o.code, position"
)
COLUMNS = ("课程编号", "课程名称", "次序", "班级", "姓名", "学号", "状态", "报名时间", "保留到")
STATES = {"waiting": "候补中", "offered": "已有名额，等家长确认"}


async def waiting_lists(tx: AsyncSession, desk: Desk) -> list[Sheet]:
    """Return one row a child and offering; offers that are out come first."""

    def cells(row: Any) -> Sequence[Cell]:
        until = row.expires_at.astimezone(SHANGHAI) if row.expires_at is not None else None
        return (
            *(
                row.code,
                row.title,
                row.position,
                class_cell(row.grade, row.class_name),
                row.name,
                row.student_no,
            ),
            *(STATES[row.state], f"{row.since.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"),
            None if until is None else f"{until:%Y-%m-%d %H:%M}",
        )

    facts = {"school_id": desk.school_id, "offering_id": desk.offering_id}
    return [Sheet("候补名单", COLUMNS, streamed(tx, _WAITING, facts), cells, "候补名单")]

"""The menu (课后服务菜单), as a school hands it in: drafts and published offerings as families see them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.rules.menu_rows import FORM
from services.enrollment.outgoing.rules.cells import Cell, grades_cell, time_cell, weekdays_cell, yuan_cell
from services.enrollment.outgoing.sheet import Desk, Sheet, streamed
from services.enrollment.schools.current_term import current_term
from services.kernel.clock import school_day

_MENU = text(
    "SELECT o.*, st.staff_no, r.name AS room FROM offering o"
    "  LEFT JOIN staff st ON st.school_id = o.school_id AND st.staff_id = o.teacher_id"
    "  LEFT JOIN room r ON r.school_id = o.school_id AND r.room_id = o.room_id"
    " WHERE o.school_id = :school_id AND o.term_id = :term_id AND o.state IN ('draft', 'published')"
    "   AND NOT o.needs_staffing ORDER BY o.code"
)
COLUMNS = (
    *(
        "课程编号",
        "课程名称",
        "类别",
        "性质",
        "学科",
        "任课教师工号",
        "地点",
        "星期",
        "开始",
        "结束",
        "招收年级",
    ),
    *("人数上限", "最少开班人数", "内容介绍", "风险评估编号", "收费(元)"),
)


async def menu_sheet(tx: AsyncSession, desk: Desk) -> list[Sheet]:
    """Return one row an offering of the running or coming term; a group without a teacher yet is left out."""
    term = await current_term(tx, desk.school(), on=school_day(desk.now))
    policy = desk.policy

    def cells(row: Any) -> Sequence[Cell]:
        return (
            *(row.code, row.title, policy.kinds[row.kind].label, policy.natures[row.nature].label),
            *(row.subject, row.staff_no, row.room, weekdays_cell(row.weekdays)),
            *(time_cell(row.starts), time_cell(row.ends), grades_cell(row.grades)),
            *(row.capacity, row.minimum_size, row.content, row.assessment_no, yuan_cell(row.fee_fen)),
        )

    menu = streamed(tx, _MENU, {"school_id": desk.school_id, "term_id": term.term_id})
    return [Sheet("菜单", COLUMNS, menu, cells, f"{FORM.label}（{term.name}）")]

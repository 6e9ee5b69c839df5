"""Who is in which offering (名单): for the officer all, for a teacher the own ones. No phone, no note."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.outgoing.rules.cells import Cell, class_cell, time_cell, weekdays_cell
from services.enrollment.outgoing.sheet import Desk, Sheet, streamed
from services.kernel.clock import school_day

_ROSTERS = text(
    "SELECT o.code, o.title, st.name AS teacher, r.name AS room, p.weekdays, o.starts, o.ends, c.grade,"
    "       c.class_name, c.name, c.student_no, p.from_on"
    "  FROM place p JOIN offering o USING (school_id, offering_id) JOIN child c USING (school_id, child_id)"
    "  LEFT JOIN staff st ON st.school_id = o.school_id AND st.staff_id = o.teacher_id"
    "  LEFT JOIN room r ON r.school_id = o.school_id AND r.room_id = o.room_id"
    " WHERE p.school_id = :school_id AND NOT c.removed"
    "   AND (p.until_on IS NULL OR p.until_on > greatest(p.from_on, CAST(:today AS date)))"
    "   AND (CAST(:teacher_id AS uuid) IS NULL OR o.teacher_id = :teacher_id)"
    "   AND (CAST(:offering_id AS uuid) IS NULL OR o.offering_id = :offering_id)"
    " ORDER BY o.starts, o.code, c.grade, length(c.class_name), c.class_name, c.pinyin, c.student_no, p.from_on"
)
COLUMNS = (
    *("课程编号", "课程名称", "任课教师", "地点", "星期", "开始", "结束"),
    *("班级", "姓名", "学号", "开始日期"),
)


async def club_rosters(tx: AsyncSession, desk: Desk) -> list[Sheet]:
    """Return one row a child and offering, from today on, by offering and class; a withdrawn one until its last day."""

    def cells(row: Any) -> Sequence[Cell]:
        return (
            *(row.code, row.title, row.teacher, row.room, weekdays_cell(row.weekdays)),
            *(time_cell(row.starts), time_cell(row.ends), class_cell(row.grade, row.class_name)),
            *(row.name, row.student_no, row.from_on.isoformat()),
        )

    facts = {
        "school_id": desk.school_id,
        "teacher_id": desk.teacher_id,
        "offering_id": desk.offering_id,
        "today": school_day(desk.now),
    }
    return [Sheet("名单", COLUMNS, streamed(tx, _ROSTERS, facts), cells, "课后服务名单")]

"""What became of a round (选课结果): of every wish, or of every place. Reasons never name a priority group (R06)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.outgoing.errors import ResultsToExportNotOut
from services.enrollment.outgoing.round_to_export import round_to_export
from services.enrollment.outgoing.rules.cells import Cell, class_cell, time_cell, weekdays_cell
from services.enrollment.outgoing.sheet import Desk, Sheet, streamed
from services.enrollment.rounds.rules.phase import phase_of

_CHILD = "c.grade, c.class_name, c.name, c.student_no, o.code, o.title, o.weekdays, o.starts, o.ends"
_ORDER = " ORDER BY c.grade, length(c.class_name), c.class_name, c.pinyin, c.student_no"
_WISHES = text(
    f"SELECT {_CHILD}, w.rank, w.outcome FROM draw_wish w JOIN child c USING (school_id, child_id)"  # noqa: S608 - our own words
    "  JOIN offering o USING (school_id, offering_id)"
    f" WHERE w.school_id = :school_id AND w.round_id = :round_id{_ORDER}, w.rank"
)
_PLACES = text(
    f"SELECT {_CHILD}, CAST(NULL AS integer) AS rank, 'given' AS outcome FROM place p"  # noqa: S608 - our own words
    "  JOIN child c USING (school_id, child_id) JOIN offering o USING (school_id, offering_id)"
    f" WHERE p.school_id = :school_id AND p.round_id = :round_id{_ORDER}, o.code, p.from_on"
)
COLUMNS = ("班级", "姓名", "学号", "志愿", "课程编号", "课程名称", "星期", "开始", "结束", "结果")
OUTCOMES = {
    "given": "已录取",
    "full": "名额已满",
    "clash": "与已录取的课程时间冲突",
    "limit": "已到每周门数上限",
    "dissolved": "人数不足，没有开班",
    "apart": "兄弟姐妹未能一起安排",
    "unfit": "不符合招收范围",
}


async def round_results(tx: AsyncSession, desk: Desk) -> list[Sheet]:
    """Return one row a wish of a preference round, or a place of a first-come round.

    Raises:
        RoundToExportUnknown, ResultsToExportNotOut: by name.
    """
    row = await round_to_export(tx, desk)
    if phase_of(row, now=desk.now) != "out":
        raise ResultsToExportNotOut(results_at=row.results_at.isoformat())

    def cells(one: Any) -> Sequence[Cell]:
        return (
            *(class_cell(one.grade, one.class_name), one.name, one.student_no, one.rank),
            *(one.code, one.title, weekdays_cell(one.weekdays), time_cell(one.starts), time_cell(one.ends)),
            OUTCOMES[one.outcome],
        )

    statement = _WISHES if row.kind == "preference" else _PLACES
    facts = {"school_id": desk.school_id, "round_id": row.round_id}
    return [Sheet("选课结果", COLUMNS, streamed(tx, statement, facts), cells, f"{row.title} 结果")]

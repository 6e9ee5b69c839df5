"""How much each offering of a round is wanted (志愿汇总): counts, no child."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.outgoing.round_to_export import round_to_export
from services.enrollment.outgoing.rules.cells import Cell
from services.enrollment.outgoing.sheet import Desk, Sheet, at_once
from services.enrollment.wishes.submission_figures import submission_figures

COLUMNS = ("课程编号", "课程名称", "名额", "第一志愿", "全部志愿", "第一志愿与名额之比")


async def wish_overview(tx: AsyncSession, desk: Desk) -> list[Sheet]:
    """Return one row an offering of the round; raises RoundToExportUnknown."""
    row = await round_to_export(tx, desk)
    figures = await submission_figures(tx, row.school_id, row.round_id)

    def cells(one: Any) -> Sequence[Cell]:
        return (
            *(one.code, one.title, one.capacity, one.first_wishes, one.wishes),
            f"{one.first_wishes / one.capacity:.0%}",
        )

    title = f"{row.title} 志愿汇总（{figures.lists} 份志愿单）"
    return [Sheet("志愿汇总", COLUMNS, at_once(figures.offerings), cells, title)]

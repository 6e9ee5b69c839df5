"""The bureau's list of schools (学校), as it is handed in."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.rules.school_rows import FORM
from services.enrollment.outgoing.rules.cells import Cell, boarding_cell, time_cell
from services.enrollment.outgoing.sheet import Desk, Sheet, streamed

_SCHOOLS = text(
    "SELECT s.*, central.code AS central FROM school s LEFT JOIN school central ON central.school_id = s.run_by_id"
    " ORDER BY s.code"
)


async def school_sheet(tx: AsyncSession, desk: Desk) -> list[Sheet]:
    """Return one row a school of the platform."""

    def cells(row: Any) -> Sequence[Cell]:
        return (
            *(row.code, row.name, row.county, desk.policy.school_kinds[row.kind].label, row.central),
            *(boarding_cell(row.boarding), time_cell(row.releases_at), time_cell(row.work_ends_at)),
        )

    columns = (*FORM.columns, *FORM.optional)
    return [Sheet(FORM.label, columns, streamed(tx, _SCHOOLS, {}), cells, "义务教育阶段公办学校")]

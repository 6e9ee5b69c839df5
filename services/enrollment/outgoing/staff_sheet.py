"""The staff list (教职工名册), as a school hands it in."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.rules.staff_rows import FORM
from services.enrollment.outgoing.rules.cells import Cell, class_cell, posts_cell
from services.enrollment.outgoing.sheet import Desk, Sheet, streamed

_STAFF = text("SELECT * FROM staff WHERE school_id = :school_id AND NOT removed ORDER BY staff_no")
COLUMNS = ("工号", "姓名", "手机", "岗位", "任教学科", "班主任班级")


async def staff_sheet(tx: AsyncSession, desk: Desk) -> list[Sheet]:
    """Return one row a member of staff."""

    def cells(row: Any) -> Sequence[Cell]:
        return (
            row.staff_no,
            row.name,
            desk.cipher.open(row.phone_sealed),
            posts_cell(row.personas, homeroom=row.homeroom_grade is not None),
            row.subject,
            class_cell(row.homeroom_grade, row.homeroom_class),
        )

    return [Sheet("教职工", COLUMNS, streamed(tx, _STAFF, {"school_id": desk.school_id}), cells, FORM.label)]

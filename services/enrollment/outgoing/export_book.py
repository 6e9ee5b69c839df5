"""Write one list into a workbook."""

from dataclasses import replace
from datetime import datetime
from typing import IO
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.families.note_read import note_read
from services.enrollment.outgoing.errors import UnknownExport
from services.enrollment.outgoing.export_kinds import EXPORT_KINDS, OF_THE_BUREAU
from services.enrollment.outgoing.sheet import Desk, Sheet
from services.enrollment.outgoing.write_workbook import write_workbook
from services.enrollment.schools.errors import SchoolNotOnFile
from services.enrollment.schools.tables import School
from services.kernel.clock import school_day

OPERATOR = UUID(int=0)
"""Who had a list that was written at the machine, where there is no member of staff to name."""


async def export_book(
    tx: AsyncSession, desk: Desk, kind: str, file: IO[bytes], *, by: UUID = OPERATOR, now: datetime
) -> str:
    """Write a list of one kind to ``file`` and return the name it should have.

    Raises:
        UnknownExport, SchoolNotOnFile, NoTerm, RoundToExportUnknown, ResultsToExportNotOut: by name.
    """
    if kind not in EXPORT_KINDS:
        raise UnknownExport(kind=kind)
    wanted = EXPORT_KINDS[kind]
    whose = ""
    if kind != OF_THE_BUREAU:
        school = await tx.get(School, desk.school())
        if school is None:
            raise SchoolNotOnFile
        whose = school.name
    if wanted.noted:
        await note_read(tx, desk.school(), "export", of=None, by=by, now=now)
    sheets = await wanted.sheets(tx, desk)
    await write_workbook([_titled(sheet, whose) for sheet in sheets], file)
    return f"{whose}{wanted.label}{school_day(now):%Y%m%d}.xlsx"


def _titled(sheet: Sheet, whose: str) -> Sheet:
    return sheet if sheet.title is None else replace(sheet, title=f"{whose} {sheet.title}".strip())

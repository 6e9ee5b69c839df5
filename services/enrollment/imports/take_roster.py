"""Hold a roster against the children on file, their guardians, health notes and priority groups; then write it."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.difference import Compared, Comparing
from services.enrollment.imports.rules.roster_rows import ChildRecord
from services.enrollment.imports.rules.row_judgement import seen_twice
from services.enrollment.imports.settle_children import SettleChildren
from services.enrollment.imports.spool import Spool
from services.enrollment.imports.write_rows import write_changes
from services.enrollment.words import grade_label
from services.kernel.cipher import FieldCipher

_ON_FILE = text(
    "SELECT child_id, student_no, name, grade, class_name FROM child"
    " WHERE school_id = :school_id AND NOT removed ORDER BY grade, class_name, student_no"
)


async def take_roster(
    tx: AsyncSession, school_id: UUID, records: Spool[ChildRecord], *, cipher: FieldCipher, now: datetime
) -> Compared:
    """Compare children by student number. The same sheet again changes nothing.

    A child that the sheet does not name stays, and is told as missing: it may have left. An empty cell never
    erases a health note or a priority group; rights of guardians are never the sheet's. A guardian whom the sheet
    replaced loses the child.
    """
    comparing = Comparing()
    shared = seen_twice(guardian.phone for record in records for guardian in record.guardians)
    work = SettleChildren(tx, school_id, cipher, now=now, shared=shared)
    for batch in records.batches():
        await work.settle(batch, comparing)
    await _tell_missing(tx, school_id, (record.student_no for record in records), comparing)
    return Compared(comparing.difference(), partial(write_changes, tx, school_id, work.changes, now=now))


async def _tell_missing(
    tx: AsyncSession, school_id: UUID, numbers: Iterable[str], comparing: Comparing
) -> None:
    named = set(numbers)
    async for row in await tx.stream(_ON_FILE, {"school_id": school_id}):
        if row.student_no not in named:
            name = f"{row.name}（{grade_label(row.grade)}{row.class_name}）"
            comparing.note("missing", row.student_no, name, record_id=row.child_id)

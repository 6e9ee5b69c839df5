"""Take a school's spreadsheet in: read, judge, report, and write it whole or not at all."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.errors import DifferenceChanged, RowsRejected, UnknownKind
from services.enrollment.imports.finding import Report
from services.enrollment.imports.open_workbook import open_workbook
from services.enrollment.imports.read_sheet import Form, Rows, read_sheet
from services.enrollment.imports.sheet_kinds import SHEET_KINDS, Desk
from services.enrollment.imports.tables import ImportRun
from services.enrollment.imports.write_rows import import_alone
from services.kernel.ids import new_id


class Take(StrEnum):
    """What is written of a file with rejected rows."""

    WHOLE_FILE = "whole_file"
    GOOD_ROWS = "good_rows"


@dataclass(frozen=True)
class Upload:
    """A file as it was sent: its name, its bytes at any position, and the officer who sent it (none: an operator)."""

    name: str
    file: Path | BinaryIO
    by: UUID | None = None


async def import_file(
    tx: AsyncSession,
    desk: Desk,
    kind: str,
    upload: Upload,
    *,
    dry_run: bool = False,
    take: Take = Take.WHOLE_FILE,
    expects: str | None = None,
) -> Report:
    """Import one file of one kind in this transaction, and return the report row by row, with the difference.

    A dry run writes nothing. ``expects`` is the digest of the difference that a dry run showed. Reading runs in a
    thread: a large sheet takes seconds of pure computing.

    Raises:
        DifferenceChanged: something else would be written than what was agreed to.
        RowsRejected: the file has rows that cannot be taken and the good ones alone were not asked for.
        NotASpreadsheet, MacroWorkbook, ProtectedWorkbook, FileTooLarge, SuspiciousArchive, WrongSheet,
        TooManyRows, UnknownKind: the file as a whole.
    """
    if kind not in SHEET_KINDS:
        raise UnknownKind(kind=kind)
    sheet_kind = SHEET_KINDS[kind]
    sheets = await asyncio.to_thread(_read, upload.file, sheet_kind.forms, sheet_kind.by_name)
    judged = await sheet_kind.judge(tx, desk, sheets)
    report = judged.reading.report(kind, upload.name, dry_run=dry_run)
    if report.rejected and take is Take.WHOLE_FILE and not dry_run:
        raise RowsRejected(rejected=report.rejected, report=report.model_dump(mode="json"))
    if desk.school_id is not None and not dry_run:
        await import_alone(tx, desk.school_id)
    compared = await judged.compare()
    difference = compared.difference
    counts = difference.model_dump(include={"added", "changed", "unchanged"})
    report = report.model_copy(update={"written": not dry_run, "difference": difference, **counts})
    if dry_run:
        return report
    if expects is not None and expects != difference.digest:
        raise DifferenceChanged(difference=difference.model_dump(mode="json"))
    await compared.write()
    await _keep(tx, desk, upload, report)
    return report


async def _keep(tx: AsyncSession, desk: Desk, upload: Upload, report: Report) -> None:
    """Keep what was taken: names and phones of the difference stay out, its digest and counts stay."""
    if desk.school_id is None:
        return
    tx.add(
        ImportRun(
            school_id=desk.school_id,
            run_id=new_id(),
            kind=report.kind,
            file_name=upload.name[:200],
            file_sha256=await asyncio.to_thread(digest_of, upload.file),
            taken_at=desk.now,
            taken_by=upload.by,
            report=report.model_dump(mode="json", exclude={"difference": {"shown"}}),
        )
    )
    await tx.flush()


def _read(source: Path | BinaryIO, forms: Sequence[Form], by_name: bool) -> list[Rows]:  # noqa: FBT001 - a property of the kind
    with open_workbook(source) as book:
        return [read_sheet(book, form, sheet=form.label if by_name else None) for form in forms]


def digest_of(source: Path | BinaryIO) -> bytes:
    """SHA-256 of a file, from its beginning."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            return digest_of(file)
    source.seek(0)
    return hashlib.file_digest(source, "sha256").digest()  # type: ignore[arg-type]

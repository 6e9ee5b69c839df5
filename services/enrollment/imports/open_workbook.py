"""Open what somebody sent as a spreadsheet, after looking at it from the outside."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook

from services.enrollment.imports.errors import (
    FileTooLarge,
    MacroWorkbook,
    NotASpreadsheet,
    ProtectedWorkbook,
    SuspiciousArchive,
)

MOST_BYTES = 10 * 1024 * 1024
"""A roster of 100,000 children is about 8 MB."""
MOST_UNPACKED_BYTES = 160 * 1024 * 1024
MOST_RATIO = 100
"""Honest sheets shrink 10 to 25 times; a bomb a thousand times."""
MOST_ENTRIES = 500

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Old .xls and password-protected .xlsx are both OLE containers."""
BROKEN = (zipfile.BadZipFile, KeyError, ValueError, ParseError, EOFError, zlib.error)
"""What a damaged workbook makes the reader stumble over, also in the middle of a sheet."""


def check_size(size: int) -> None:
    """Refuse a file by its length alone, before it is read.

    Raises:
        FileTooLarge: over `MOST_BYTES`.
    """
    if size > MOST_BYTES:
        raise FileTooLarge(limit_mb=MOST_BYTES // 1024 // 1024)


@contextmanager
def open_workbook(source: Path | BinaryIO) -> Iterator[Workbook]:
    """Open a workbook for reading row by row, formulas as their text; closes it, and the file of a path.

    Nothing is unpacked before the archive's own directory was judged.

    Raises:
        FileTooLarge, NotASpreadsheet, MacroWorkbook, ProtectedWorkbook, SuspiciousArchive: by name.
    """
    if isinstance(source, Path):
        check_size(source.stat().st_size)
        with source.open("rb") as file, open_workbook(file) as book:
            yield book
        return
    check_size(source.seek(0, 2))
    _judge_outside(source)
    try:
        # Not data_only: a cell that holds a formula keeps the formula's text, or a health note would be lost.
        book = load_workbook(source, read_only=True, data_only=False, keep_links=False)
    except (InvalidFileException, *BROKEN) as fault:
        raise NotASpreadsheet from fault
    try:
        yield book
    except BROKEN as fault:
        raise NotASpreadsheet from fault
    finally:
        book.close()


def _judge_outside(source: BinaryIO) -> None:
    source.seek(0)
    magic = source.read(8)
    source.seek(0)
    if magic == OLE_MAGIC:
        raise ProtectedWorkbook
    if not magic.startswith(ZIP_MAGIC):
        raise NotASpreadsheet
    try:
        with zipfile.ZipFile(source) as archive:
            _judge_archive(archive.infolist())
    except zipfile.BadZipFile as fault:
        raise NotASpreadsheet from fault
    source.seek(0)


def _judge_archive(entries: list[zipfile.ZipInfo]) -> None:
    names = {entry.filename for entry in entries}
    if any(name.endswith("vbaProject.bin") or "/macrosheets/" in name for name in names):
        raise MacroWorkbook
    if "xl/workbook.xml" not in names and "[Content_Types].xml" not in names:
        raise NotASpreadsheet
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if (
        len(entries) > MOST_ENTRIES
        or unpacked > MOST_UNPACKED_BYTES
        or unpacked > MOST_RATIO * max(packed, 1)
    ):
        raise SuspiciousArchive
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise ProtectedWorkbook

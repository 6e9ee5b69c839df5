"""Open what somebody sent as a spreadsheet, after looking at it from the outside."""

import zipfile
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


def check_size(size: int) -> None:
    """Refuse a file by its length alone, before it is read.

    Raises:
        FileTooLarge: over `MOST_BYTES`.
    """
    if size > MOST_BYTES:
        raise FileTooLarge(limit_mb=MOST_BYTES // 1024 // 1024)


def open_path(path: Path) -> Workbook:
    """Open a file of this machine; refusals as in `open_workbook`."""
    check_size(path.stat().st_size)
    return open_workbook(path.open("rb"))


def open_workbook(file: BinaryIO) -> Workbook:
    """Open a workbook for reading row by row, formulas as their text.

    Nothing is unpacked before the archive's own directory was judged. Reads from ``file`` until the workbook is
    closed.

    Raises:
        FileTooLarge, NotASpreadsheet, MacroWorkbook, ProtectedWorkbook, SuspiciousArchive: by name.
    """
    check_size(file.seek(0, 2))
    file.seek(0)
    magic = file.read(8)
    file.seek(0)
    if magic == OLE_MAGIC:
        raise ProtectedWorkbook
    if not magic.startswith(ZIP_MAGIC):
        raise NotASpreadsheet
    try:
        with zipfile.ZipFile(file) as archive:
            _judge_archive(archive.infolist())
        file.seek(0)
        # Not data_only: a cell that holds a formula keeps the formula's text, or a health note would be lost.
        return load_workbook(file, read_only=True, data_only=False, keep_links=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, ParseError, OSError) as fault:
        raise NotASpreadsheet from fault


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

"""Write sheets into an .xlsx row by row: as flat in memory for 100,000 rows as for ten."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from services.enrollment.outgoing.rules.cells import Cell
from services.enrollment.outgoing.sheet import Sheet

TEXT = "@"
"""The format of a text cell: a phone keeps its digits, and ``=…`` does not become a formula when it is edited."""
WIDTH, MOST_WIDTH = 12, 40
LONG = {"内容介绍", "健康提示", "依据", "原因", "课程名称", "结果说明"}


async def write_workbook(sheets: Sequence[Sheet], file: IO[bytes]) -> int:
    """Write all sheets to ``file`` and return how many rows of data they have.

    Everything but the waiting for rows happens in threads.
    """
    book = Workbook(write_only=True)
    rows = 0
    for sheet in sheets:
        page = _Page(book, sheet)
        async for batch in sheet.batches:
            rows += await asyncio.to_thread(page.append, batch)
    await asyncio.to_thread(book.save, file)
    return rows


class _Page:
    """One sheet of the book. A cell object per column serves all rows: making one a cell costs half the time."""

    def __init__(self, book: Workbook, sheet: Sheet) -> None:
        self._sheet = sheet
        self._page: Any = book.create_sheet(sheet.label)
        for number, word in enumerate(sheet.columns, start=1):
            width = MOST_WIDTH if word in LONG else max(WIDTH, 2 * len(word) + 2)
            self._page.column_dimensions[get_column_letter(number)].width = width
        last, header = get_column_letter(len(sheet.columns)), 1 if sheet.title is None else 2
        self._page.freeze_panes = f"A{header + 1}"
        self._page.print_title_rows = f"1:{header}"
        self._page.page_setup.orientation = "landscape"
        self._page.page_setup.fitToHeight = 0
        self._page.sheet_properties.pageSetUpPr.fitToPage = True
        if sheet.title is not None:
            self._page.merged_cells.add(f"A1:{last}1")
            self._page.append([self._cell(sheet.title, Font(bold=True, size=14))])
        self._page.append([self._cell(word, Font(bold=True)) for word in sheet.columns])
        self._texts = [self._cell("") for _ in sheet.columns]

    def _cell(self, text: str, font: Font | None = None) -> Any:
        cell: Any = WriteOnlyCell(self._page)
        cell.number_format = TEXT
        if font is not None:
            cell.font = font
        return _told(cell, text)

    def append(self, batch: Iterable[Any]) -> int:
        """Write rows; returns how many."""
        count = 0
        for row in batch:
            told = self._sheet.cells(row)
            self._page.append([self._written(at, cell) for at, cell in enumerate(told)])
            count += 1
        return count

    def _written(self, at: int, cell: Cell) -> Any:
        return (
            _told(self._texts[at], cell)
            if isinstance(cell, str) and cell
            else cell or None
            if cell != 0
            else 0
        )


def _told(cell: Any, text: str) -> Any:
    """Put a text into a cell as a text, also where it begins with = + - or @: nothing of it may ever run."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"
    return cell

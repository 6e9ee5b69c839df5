"""Turn a sheet into rows of named, plain text cells."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.workbook.workbook import Workbook

from services.enrollment.imports.errors import TooManyRows, WrongSheet
from services.enrollment.imports.spool import Spool

MOST_ROWS = 120_000
MOST_COLUMNS = 40
HEADER_WITHIN = 3
"""The header is looked for in the first rows: below a title, or at once."""
MOST_EMPTY_TOLD = 3
"""Of a long gap in the sheet only its first rows are worth a remark."""


@dataclass(frozen=True)
class Form:
    """How a kind of sheet looks: its Chinese label and the header words it must have."""

    label: str
    columns: tuple[str, ...]
    optional: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """A row of data, numbered as Excel numbers it; ``cells`` hold text by header word, "" where empty.

    ``numeric`` names the columns whose cell was a number and not text.
    """

    number: int
    cells: dict[str, str]
    numeric: frozenset[str] = frozenset()

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return not any(text.strip() for text in self.cells.values())


Rows = Spool[Row]
"""A sheet's rows of data, in their order."""


def cell_text(value: Any) -> str:
    """Return what a person would read in the cell: whole numbers without ``.0``, dates as ISO, a formula's text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    return str(value)


def read_sheet(book: Workbook, form: Form, *, sheet: str | None = None) -> Rows:
    """Read the first sheet (or the named one) of a workbook.

    Trailing empty rows are dropped; an empty row before other data is kept, so that the report can name it.

    Raises:
        WrongSheet: no header with the form's columns, or no such sheet.
        TooManyRows: more than `MOST_ROWS`.
    """
    if sheet is not None and sheet not in book.sheetnames:
        raise WrongSheet(kind=form.label, missing=[sheet], missing_text=sheet)
    source = book[sheet] if sheet is not None else book.worksheets[0]
    values = enumerate(source.iter_rows(values_only=True, max_col=MOST_COLUMNS), start=1)
    header = _find_header(values, form)
    rows: Rows = Spool()
    rows.extend(_rows(values, header))
    return rows


def _find_header(values: Iterator[tuple[int, Sequence[Any]]], form: Form) -> dict[int, str]:
    nearest: list[str] = list(form.columns)
    for number, cells in values:
        words = {index: cell_text(value).strip() for index, value in enumerate(cells)}
        present = set(words.values())
        missing = [column for column in form.columns if column not in present]
        if not missing:
            known = {*form.columns, *form.optional}
            return {index: word for index, word in words.items() if word in known}
        if len(missing) < len(nearest):
            nearest = missing
        if number >= HEADER_WITHIN:
            break
    raise WrongSheet(kind=form.label, missing=nearest, missing_text="、".join(nearest))


def _rows(values: Iterator[tuple[int, Sequence[Any]]], header: dict[int, str]) -> Iterator[Row]:
    held_back: list[Row] = []
    for number, cells in values:
        if number > MOST_ROWS:
            raise TooManyRows(limit=MOST_ROWS)
        named = {word: cells[index] for index, word in header.items() if index < len(cells)}
        row = Row(
            number,
            {word: cell_text(value) for word, value in named.items()},
            frozenset(w for w, v in named.items() if isinstance(v, int | float) and not isinstance(v, bool)),
        )
        if row.is_empty():
            if len(held_back) < MOST_EMPTY_TOLD:
                held_back.append(row)
            continue
        yield from held_back
        held_back.clear()
        yield row

"""What is no honest spreadsheet is refused by name, before it can do harm."""

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from services.enrollment.imports import errors, read_sheet
from services.enrollment.imports.open_workbook import MOST_BYTES, open_workbook
from services.enrollment.imports.read_sheet import Form, Row
from services.enrollment.imports.spool import Spool
from services.kernel.problems import Refusal

FORM = Form("名册", ("学号", "姓名"))


def book_of(*rows: Sequence[object]) -> io.BytesIO:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file


def zip_of(**entries: bytes) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file


def macro_book() -> io.BytesIO:
    return zip_of(**{"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>", "xl/vbaProject.bin": b"x"})


def bomb() -> io.BytesIO:
    return zip_of(**{"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": bytes(60_000_000)})


def protected() -> io.BytesIO:
    return io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))


def document() -> io.BytesIO:
    return zip_of(**{"word/document.xml": b"<x/>"})


def broken() -> io.BytesIO:
    whole = book_of(["学号", "姓名"]).getvalue()
    return io.BytesIO(whole[: len(whole) // 2])


def damaged_sheet() -> io.BytesIO:
    whole = book_of(["学号", "姓名"], ["1", "甲"])
    file = io.BytesIO()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(file, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            target.writestr(entry.filename, content[:-80] if "sheet1" in entry.filename else content)
    return file


def read(file: io.BytesIO) -> Spool[Row]:
    with open_workbook(file) as book:
        return read_sheet.read_sheet(book, FORM)


@pytest.mark.parametrize(
    ("make", "refusal"),
    [
        (lambda: io.BytesIO("学号,姓名\n".encode()), errors.NotASpreadsheet),
        (lambda: io.BytesIO(b""), errors.NotASpreadsheet),
        (document, errors.NotASpreadsheet),
        (broken, errors.NotASpreadsheet),
        (damaged_sheet, errors.NotASpreadsheet),
        (macro_book, errors.MacroWorkbook),
        (protected, errors.ProtectedWorkbook),
        (bomb, errors.SuspiciousArchive),
        (lambda: book_of(["工号", "手机"], ["1", "2"]), errors.WrongSheet),
        (book_of, errors.WrongSheet),
    ],
    ids=["text", "empty", "document", "broken", "damaged", "macro", "protected", "bomb", "other", "blank"],
)
def test_what_is_no_honest_spreadsheet_is_refused_by_name(
    make: Callable[[], io.BytesIO], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        read(make())


def test_a_hundred_megabytes_are_refused_by_their_length_alone(tmp_path: Path) -> None:
    path = tmp_path / "roster.xlsx"
    with path.open("wb") as file:
        file.truncate(10 * MOST_BYTES)
    with pytest.raises(errors.FileTooLarge), open_workbook(path):
        pass


def test_the_missing_header_words_are_named() -> None:
    with pytest.raises(errors.WrongSheet) as caught:
        read(book_of(["学号", "名字"], ["1", "甲"]))
    assert caught.value.facts["missing"] == ["姓名"]
    assert "姓名" in caught.value.sentence()


def test_the_header_is_found_below_a_title_and_in_any_order() -> None:
    (row,) = read(book_of(["名册"], ["姓名", "备注", "学号"], ["甲", "x", 7]))
    assert (row.number, row["学号"], row["姓名"]) == (3, "7", "甲")
    assert row.numeric == {"学号"}


def test_a_formula_is_read_as_its_text() -> None:
    (row,) = read(book_of(["学号", "姓名"], ["1", "=1+1"]))
    assert row["姓名"] == "=1+1"


def test_trailing_empty_rows_are_no_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = read(book_of(["学号", "姓名"], ["1", "甲"], [None, None], ["2", "乙"], [None, " "], [None, None]))
    assert [(row.number, row.is_empty()) for row in rows] == [(2, False), (3, True), (4, False)]


def test_more_rows_than_a_school_can_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_sheet, "MOST_ROWS", 10)
    with pytest.raises(errors.TooManyRows):
        read(book_of(["学号", "姓名"], *[[str(number), "甲"] for number in range(20)]))

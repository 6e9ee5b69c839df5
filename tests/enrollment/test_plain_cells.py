"""What people write in cells, and what is understood."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrollment.imports.rules import plain_cells as plain


@pytest.mark.parametrize(
    ("written", "understood"),
    [
        ("19900000001", "19900000001"),
        ("１９９００００００００１", None),
        ("１９９００００００" + "０１", "19900000001"),
        (" 199-0000-0001 ", "19900000001"),
        ("+86 19900000001", "19900000001"),
        ("8619900000001", "19900000001"),
        ("1990000000", None),
        ("0355-2020202", None),
        ("1370000\u0662\u0662\u0662\u0662", None),
        ("", None),
    ],
)
def test_phones(written: str, understood: str | None) -> None:
    assert plain.phone_of(written) == understood


@pytest.mark.parametrize(
    ("written", "understood"),
    [
        (" 周 彤佳  ", "周彤佳"),
        ("古丽·  买买提", "古丽· 买买提"),
        ("Anna  Li", "Anna Li"),
        ("\u3000张\u3000三", "张三"),
        ("刘\u200b某", "刘某"),
        ("\ufeff刘\u2060某\ufe00", "刘某"),
        ("Ａｎｎａ\tLi", "Anna Li"),
        ("\u200b\u3164", None),
        ("  ", None),
    ],
)
def test_names(written: str, understood: str | None) -> None:
    assert plain.name_of(written) == understood


@pytest.mark.parametrize(
    ("written", "grade"),
    [
        ("一年级", 1),
        ("1", 1),
        ("1年级", 1),
        ("九年级", 9),
        ("初二", 8),
        ("０", None),
        ("\u1369", None),
        ("十年级", None),
        ("", None),
    ],
)
def test_grades(written: str, grade: int | None) -> None:
    assert plain.grade_of(written) == grade


@pytest.mark.parametrize(
    ("written", "class_name"),
    [("1班", "1班"), ("（1）班", "1班"), ("(12)班", "12班"), ("3", "3班"), ("十一班", "11班"), ("二十班", "20班"),
     ("一年级1班", "1班"), ("实验班", None), ("", None)],
)  # fmt: skip
def test_classes(written: str, class_name: str | None) -> None:
    assert plain.class_of(written) == class_name


@pytest.mark.parametrize(
    ("written", "grades"),
    [
        ("1", (1,)),
        ("1-4", (1, 2, 3, 4)),
        ("1、3", (1, 3)),
        ("一年级", (1,)),
        ("4—6", (4, 5, 6)),
        ("4-1", None),
        ("", None),
    ],
)
def test_ranges_of_grades(written: str, grades: tuple[int, ...] | None) -> None:
    assert plain.grades_of(written) == grades


@pytest.mark.parametrize(
    ("written", "weekdays"),
    [("一三五", (1, 3, 5)), ("周二、周四", (2, 4)), ("六", (6,)), ("星期天", (7,)), ("八", None), ("", None)],
)
def test_weekdays(written: str, weekdays: tuple[int, ...] | None) -> None:
    assert plain.weekdays_of(written) == weekdays


@pytest.mark.parametrize(
    ("written", "fen"),
    [("0", 0), ("20", 2000), ("20元", 2000), ("1.5", 150), ("", 0), ("贵", None), ("-1", None)],
)
def test_money_is_read_in_fen(written: str, fen: int | None) -> None:
    assert plain.fen_of(written) == fen


@pytest.mark.parametrize("written", ["2026-09-01", "2026/9/1", "2026.9.1", "2026年9月1日"])
def test_days(written: str) -> None:
    assert plain.date_of(written) == dt.date(2026, 9, 1)


def test_days_that_are_none() -> None:
    assert plain.date_of("2026-02-30") is None
    assert plain.date_of("明天") is None


READERS = (
    plain.phone_of,
    plain.name_of,
    plain.grade_of,
    plain.class_of,
    plain.grades_of,
    plain.weekdays_of,
    plain.time_of,
    plain.date_of,
    plain.fen_of,
    plain.count_of,
    plain.yes_of,
    plain.homeroom_of,
)


@given(st.text(max_size=30))
def test_no_cell_makes_a_reader_stumble(written: str) -> None:
    for read in READERS:
        read(written)

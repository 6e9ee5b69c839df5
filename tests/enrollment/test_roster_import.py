"""What a roster's import says and does, row by row (the sample's defects stand in shared data's description)."""

from pathlib import Path

import pytest

from services.enrollment.imports.finding import Finding, Reading, Severity
from services.enrollment.imports.open_workbook import open_workbook
from services.enrollment.imports.read_sheet import read_sheet
from services.enrollment.imports.rules.roster_rows import FORM, ChildRecord, judge_roster
from services.enrollment.policy import read_policy

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PRIMARY = range(1, 7)


def reading_of(name: str, grades: range) -> Reading[ChildRecord]:
    with open_workbook(EXAMPLES / name) as book:
        rows = read_sheet(book, FORM)
    return judge_roster(rows, grades=list(grades), priority_groups=read_policy().priority_groups)


@pytest.fixture(scope="module")
def messy() -> Reading[ChildRecord]:
    return reading_of("messy-roster.xlsx", PRIMARY)


def said(reading: Reading[ChildRecord], row: int) -> Finding:
    (finding,) = [finding for finding in reading.findings if finding.row == row]
    return finding


def taken(reading: Reading[ChildRecord], row: int) -> ChildRecord:
    (record,) = [record for record in reading.records if record.row == row]
    return record


@pytest.mark.parametrize(
    ("row", "severity", "code"),
    [
        (3, "rejected", "student_number_twice"),
        (5, "accepted", "phone_normalised"),
        (7, "rejected", "phone_invalid"),
        (9, "accepted", "name_spaces_removed"),
        (11, "rejected", "no_guardian"),
        (13, "accepted", "grade_normalised"),
        (15, "accepted", "class_normalised"),
        (17, "rejected", "student_number_missing"),
        (19, "accepted", "phone_was_number"),
        (21, "question", "priority_group_unknown"),
        (23, "accepted", "formula_kept_as_text"),
        (25, "warning", "guardian_without_name"),
        (51, "rejected", "student_number_twice"),
        (52, "skipped", "empty_row"),
        (53, "skipped", "total_line"),
    ],
)
def test_each_defect_of_the_messy_roster_is_named_in_its_row(
    messy: Reading[ChildRecord], row: int, severity: str, code: str
) -> None:
    finding = said(messy, row)
    assert (finding.severity, finding.code) == (severity, code)


def test_no_other_row_of_the_messy_roster_has_a_finding(messy: Reading[ChildRecord]) -> None:
    assert sorted({f.row for f in messy.findings if f.row is not None}) == [
        3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 51, 52, 53,
    ]  # fmt: skip
    assert messy.rows == 49
    assert len(messy.records) == 44


def test_the_first_of_two_rows_with_one_number_is_told_of_the_second(messy: Reading[ChildRecord]) -> None:
    assert said(messy, 3).others == (51,)
    assert said(messy, 51).others == (3,)


def test_what_was_put_right_is_what_is_taken(messy: Reading[ChildRecord]) -> None:
    assert taken(messy, 5).guardians[0].phone == "19900200004"
    assert taken(messy, 9).name == "周彤佳"
    assert (taken(messy, 13).grade, taken(messy, 15).class_name) == (1, "1班")
    assert taken(messy, 19).guardians[0].phone == "19900200027"
    assert taken(messy, 21).priority_group is None
    assert taken(messy, 23).health_note == '=HYPERLINK("x")'
    assert [guardian.rank for guardian in taken(messy, 25).guardians] == [1]


@pytest.mark.parametrize(
    ("name", "grades", "children"),
    [("primary-roster.xlsx", PRIMARY, 1184), ("junior-roster.xlsx", range(7, 10), 618)],
)
def test_a_clean_roster_has_no_finding(name: str, grades: range, children: int) -> None:
    reading = reading_of(name, grades)
    assert reading.findings == []
    assert len(reading.records) == children


def test_a_phone_with_two_names_is_told_and_both_children_are_taken() -> None:
    reading = reading_of("primary-roster.xlsx", PRIMARY)
    assert all(finding.severity is not Severity.WARNING for finding in reading.findings)

"""What a menu's import says: rows that cannot be taken, and what stands against publishing."""

from pathlib import Path

import pytest

from services.enrollment.imports.finding import Finding, Reading
from services.enrollment.imports.open_workbook import open_workbook
from services.enrollment.imports.read_sheet import Form, Row, read_sheet
from services.enrollment.imports.rules import menu_rows, room_rows, staff_rows
from services.enrollment.imports.rules.menu_rows import MenuGround, judge_menu
from services.enrollment.imports.spool import Spool
from services.enrollment.menu.rules.proposal import Proposal
from services.enrollment.policy import read_policy

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def rows_of(name: str, form: Form) -> Spool[Row]:
    with open_workbook(EXAMPLES / name) as book:
        return read_sheet(book, form)


def reading_of(name: str, school: str, grades: range) -> Reading[Proposal]:
    staff = staff_rows.judge_staff(rows_of(f"{school}-staff.xlsx", staff_rows.FORM))
    rooms = room_rows.judge_rooms(rows_of(f"{school}-rooms.xlsx", room_rows.FORM))
    assert staff.findings == rooms.findings == []
    ground = MenuGround(
        staff=frozenset(one.staff_no for one in staff.records),
        rooms={room.name: room.capacity for room in rooms.records},
        grades=list(grades),
        policy=read_policy(),
    )
    return judge_menu(rows_of(name, menu_rows.FORM), ground)


@pytest.fixture(scope="module")
def messy() -> Reading[Proposal]:
    return reading_of("messy-menu.xlsx", "primary", range(1, 7))


def said(reading: Reading[Proposal], row: int | None) -> Finding:
    (finding,) = [finding for finding in reading.findings if finding.row == row]
    return finding


@pytest.mark.parametrize(
    ("row", "severity", "code", "rule", "others"),
    [
        (3, "rejected", "code_twice", None, (74,)),
        (65, "blocking", "teacher_in_two_places", "R18", (3,)),
        (66, "blocking", "room_taken_twice", "R18", (4,)),
        (67, "blocking", "fee_without_standard", "R01", ()),
        (68, "blocking", "evening_study_grades", "R11", ()),
        (69, "blocking", "nature_forbidden", "R17", ()),
        (70, "blocking", "assessment_missing", "R17", ()),
        (71, "rejected", "teacher_unknown", None, ()),
        (72, "rejected", "ends_before_start", None, ()),
        (73, "warning", "capacity_above_room", None, ()),
        (74, "rejected", "code_twice", None, (3,)),
        (None, "blocking", "weekend_missing", "R08", ()),
    ],
)
def test_each_defect_of_the_messy_menu_is_named(
    messy: Reading[Proposal],
    row: int | None,
    severity: str,
    code: str,
    rule: str | None,
    others: tuple[int, ...],
) -> None:
    finding = said(messy, row)
    assert (finding.severity, finding.code, finding.rule, finding.others) == (severity, code, rule, others)


def test_nothing_else_is_said_of_the_messy_menu(messy: Reading[Proposal]) -> None:
    assert len(messy.findings) == 12
    assert len(messy.records) == 68


def test_policy_findings_cite_their_clause(messy: Reading[Proposal]) -> None:
    clauses = {finding.rule: finding.clause for finding in messy.findings if finding.rule}
    assert clauses == {
        "R01": "二（一）",
        "R08": "三（二）",
        "R11": "三（二）",
        "R17": "三（三）",
        "R18": "三（四）",
    }


def test_a_conflict_names_both_rows_in_its_sentence(messy: Reading[Proposal]) -> None:
    assert "第65行" in said(messy, 65).sentence
    assert "第3行" in said(messy, 65).sentence


@pytest.mark.parametrize(
    ("name", "school", "grades", "offerings"),
    [("primary-menu.xlsx", "primary", range(1, 7), 102), ("junior-menu.xlsx", "junior", range(7, 10), 78)],
)
def test_a_menu_that_keeps_the_policy_has_no_finding(
    name: str, school: str, grades: range, offerings: int
) -> None:
    reading = reading_of(name, school, grades)
    assert reading.findings == []
    assert len(reading.records) == offerings

"""Who is on the school's sheets? Read for casting only: the platform gets the same files through its imports."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

GRADES = "一二三四五六七八九"
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class SheetChild:
    """A child as the roster sheet has it."""

    student_no: str
    name: str
    grade: int
    class_name: str
    phone: str
    """Of guardian 1, who does the choosing in the demo."""
    guardian: str


@dataclass(frozen=True)
class SheetTeacher:
    """A member of staff as the staff sheet has it."""

    staff_no: str
    name: str
    phone: str
    post: str
    homeroom: tuple[int, str] | None
    """Grade and class."""


@dataclass(frozen=True)
class SheetOffering:
    """A line of the menu."""

    code: str
    title: str
    kind: str
    teacher_no: str
    weekdays: frozenset[int]
    starts: str
    ends: str
    grades: frozenset[int]
    capacity: int


@dataclass(frozen=True)
class SheetCollector:
    """Somebody a family named on paper."""

    student_no: str
    name: str
    weekdays: frozenset[int]
    valid_from: date
    valid_until: date

    def may_come(self, day: date) -> bool:
        """Whether the paper lets the person collect on ``day``."""
        return self.valid_from <= day <= self.valid_until and day.isoweekday() in self.weekdays


@dataclass(frozen=True)
class Sheets:
    """Everything casting needs of a school's folder of spreadsheets."""

    children: tuple[SheetChild, ...]
    teachers: tuple[SheetTeacher, ...]
    offerings: tuple[SheetOffering, ...]
    collectors: tuple[SheetCollector, ...]
    blocked: dict[str, str]
    """Student number -> name of the person who must not be given the child."""
    alone: frozenset[str]
    """Student numbers of children who may go home by themselves."""


def read_sheets(folder: Path, school: str) -> Sheets:
    """Read ``<school>-roster.xlsx`` and its companions; ``school`` is ``primary`` or ``junior``."""
    collectors = folder / f"{school}-collectors.xlsx"
    return Sheets(
        children=tuple(_child(row) for row in _rows(folder / f"{school}-roster.xlsx", header=2)),
        teachers=tuple(_teacher(row) for row in _rows(folder / f"{school}-staff.xlsx", header=2)),
        offerings=tuple(_offering(row) for row in _rows(folder / f"{school}-menu.xlsx", header=2)),
        collectors=tuple(_collector(row) for row in _rows(collectors, sheet="接送人")),
        blocked={row["学号"]: row["姓名"] for row in _rows(collectors, sheet="禁止接送")},
        alone=frozenset(row["学号"] for row in _rows(collectors, sheet="自行离校")),
    )


def _rows(path: Path, *, sheet: str | None = None, header: int = 1) -> Iterator[dict[str, Any]]:
    book = load_workbook(path, read_only=True)
    try:
        page = book[sheet] if sheet else book.worksheets[0]
        lines = page.iter_rows(min_row=header, values_only=True)
        names = next(lines)
        for line in lines:
            if line[0]:
                yield dict(zip(map(str, names), line, strict=False))
    finally:
        book.close()


def _grade(text: str) -> int:
    return GRADES.index(text[0]) + 1


def _child(row: dict[str, Any]) -> SheetChild:
    return SheetChild(
        student_no=row["学号"],
        name=row["姓名"],
        grade=_grade(row["年级"]),
        class_name=row["班级"],
        phone=row["监护人1手机"],
        guardian=row["监护人1姓名"],
    )


def _teacher(row: dict[str, Any]) -> SheetTeacher:
    homeroom = row["班主任班级"]
    return SheetTeacher(
        staff_no=row["工号"],
        name=row["姓名"],
        phone=row["手机"],
        post=row["岗位"],
        homeroom=(_grade(homeroom), homeroom[3:]) if homeroom else None,
    )


def _offering(row: dict[str, Any]) -> SheetOffering:
    low, _, high = str(row["招收年级"]).partition("-")
    return SheetOffering(
        code=row["课程编号"],
        title=row["课程名称"],
        kind=row["类别"],
        teacher_no=row["任课教师工号"],
        weekdays=frozenset(WEEKDAYS.index(day) + 1 for day in row["星期"]),
        starts=row["开始"],
        ends=row["结束"],
        grades=frozenset(range(int(low), int(high or low) + 1)),
        capacity=int(row["人数上限"]),
    )


def _collector(row: dict[str, Any]) -> SheetCollector:
    return SheetCollector(
        student_no=row["学号"],
        name=row["接送人姓名"],
        weekdays=frozenset(WEEKDAYS.index(day) + 1 for day in row["星期"]),
        valid_from=date.fromisoformat(row["有效期起"]),
        valid_until=date.fromisoformat(row["有效期止"]),
    )

"""Judge the rows of a roster (学生名册): which children can be taken, and what is to be said of each row. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from services.enrollment.imports.finding import Finding, Reading, Severity, rows_text
from services.enrollment.imports.read_sheet import Form, Row
from services.enrollment.imports.rules import plain_cells as plain
from services.enrollment.imports.rules.row_judgement import RowJudgement, repeated_in, seen_twice
from services.enrollment.words import grade_label

FORM = Form(
    "学生名册",
    ("学号", "姓名", "性别", "年级", "班级", "监护人1姓名", "与学生关系", "监护人1手机"),
    ("监护人2姓名", "与学生关系2", "监护人2手机", "是否住校", "优先保障类别", "健康提示"),
)
SEXES: dict[str, Literal["boy", "girl"]] = {"男": "boy", "女": "girl"}


@dataclass(frozen=True)
class GuardianRecord:
    """A guardian as the sheet names one; ``rank`` 1 is called first."""

    rank: int
    name: str
    relation: str
    phone: str


@dataclass(frozen=True)
class ChildRecord:
    """A child that can be taken. ``health_note`` is the cell's text as it stands, also where it starts with =."""

    row: int
    student_no: str
    name: str
    sex: Literal["boy", "girl"] | None
    grade: int
    class_name: str
    boarder: bool
    guardians: tuple[GuardianRecord, ...]
    priority_group: str | None = None
    health_note: str | None = None


def judge_roster(
    rows: Iterable[Row], *, grades: Sequence[int], priority_groups: Sequence[str]
) -> Reading[ChildRecord]:
    """Judge every row; ``grades`` are those the school teaches.

    A row is rejected only for what makes a child unreachable or unknowable: its number, name, class or first
    guardian. An unknown priority group never refuses a child (R06).
    """
    reading: Reading[ChildRecord] = Reading()
    repeated = repeated_in(rows, "学号")
    for row in rows:
        judging = RowJudgement(row)
        if judging.is_no_data("学号", "姓名"):
            reading.findings += judging.findings
            continue
        reading.rows += 1
        record = _judge_row(judging, grades, priority_groups)
        others = tuple(
            number for number in repeated.get(plain.plain(row["学号"]), ()) if number != row.number
        )
        if others:
            judging.reject(
                "student_number_twice",
                f"学号 {row['学号']} 与{rows_text(others)}重复，无法判断哪一行正确。",
                others,
            )
        reading.findings += judging.findings
        if record is not None and not judging.rejected:
            reading.records.append(record)
    _tell_two_names(reading)
    return reading


def _tell_two_names(reading: Reading[ChildRecord]) -> None:
    """A phone is one person; a second name for it is told, and the first one is kept."""
    shared = seen_twice(guardian.phone for record in reading.records for guardian in record.guardians)
    names: dict[str, str] = {}
    for record in reading.records:
        for guardian in record.guardians:
            if hash(guardian.phone) not in shared:
                continue
            known = names.setdefault(guardian.phone, guardian.name)
            if known != guardian.name:
                sentence = f"手机号 {guardian.phone} 前面登记为“{known}”，这里是“{guardian.name}”，先按“{known}”登记。"
                reading.findings.append(
                    Finding(
                        row=record.row,
                        severity=Severity.WARNING,
                        code="phone_of_two_names",
                        sentence=sentence,
                    )
                )


def _judge_row(judging: RowJudgement, grades: Sequence[int], groups: Sequence[str]) -> ChildRecord | None:
    row = judging.row
    student_no = plain.plain(row["学号"])
    if not student_no:
        judging.reject("student_number_missing", "没有学号，无法建立学生档案。")
    name = _name(judging, "姓名")
    if name is None:
        judging.reject("name_missing", "没有姓名。")
    grade, class_name = _class(judging, grades)
    guardians = _guardians(judging)
    boarder = plain.yes_of(row["是否住校"])
    if boarder is None:
        judging.say(
            Severity.QUESTION, "boarder_unclear", f"“是否住校”写的是“{row['是否住校']}”，先按不住校处理。"
        )
    group = _priority_group(judging, groups)
    note = _health_note(judging)
    if judging.rejected or name is None or grade is None or class_name is None:
        return None
    sex = SEXES.get(plain.plain(row["性别"]))
    return ChildRecord(
        row.number, student_no, name, sex, grade, class_name, bool(boarder), guardians, group, note
    )


def _name(judging: RowJudgement, column: str) -> str | None:
    text = judging.row[column]
    name = plain.name_of(text)
    if name is not None and name != text:
        judging.put_right("name_spaces_removed", f"“{column}”里的空格已去掉，记为“{name}”。")
    return name


def _class(judging: RowJudgement, grades: Sequence[int]) -> tuple[int | None, str | None]:
    row = judging.row
    grade, class_name = plain.grade_of(row["年级"]), plain.class_of(row["班级"])
    if grade is None:
        judging.reject("grade_unknown", f"看不懂年级“{row['年级']}”。")
    elif grade not in grades:
        judging.reject("grade_not_taught", f"本校没有{grade_label(grade)}。")
    elif row["年级"] != grade_label(grade):
        judging.put_right("grade_normalised", f"年级“{row['年级']}”已按“{grade_label(grade)}”处理。")
    if class_name is None:
        judging.reject("class_unknown", f"看不懂班级“{row['班级']}”。")
    elif row["班级"] != class_name:
        judging.put_right("class_normalised", f"班级“{row['班级']}”已按“{class_name}”处理。")
    return grade, class_name


def _guardians(judging: RowJudgement) -> tuple[GuardianRecord, ...]:
    columns = (("监护人1姓名", "与学生关系", "监护人1手机"), ("监护人2姓名", "与学生关系2", "监护人2手机"))
    found: list[GuardianRecord] = []
    for rank, (name_column, relation_column, phone_column) in enumerate(columns, start=1):
        name, phone_text = _name(judging, name_column), judging.row[phone_column].strip()
        if name is None and not phone_text:
            continue
        phone = plain.phone_of(phone_text)
        # The first guardian is who is called; a doubtful second one is left out and told.
        complain = judging.reject if rank == 1 else _warn(judging)
        if name is None:
            complain("guardian_without_name", f"监护人{rank}有手机号却没有姓名{_dropped(rank)}。")
        elif phone is None:
            complain("phone_invalid", f"监护人{rank}的手机号“{phone_text}”不是 11 位手机号{_dropped(rank)}。")
        else:
            _tell_phone(judging, rank, phone_column, phone)
            relation = plain.plain(judging.row[relation_column]) or "监护人"
            found.append(GuardianRecord(rank, name, relation, phone))
    if not found and not judging.rejected:
        judging.reject("no_guardian", "没有任何监护人，遇到情况联系不到家里人，不能导入。")
    return tuple(found)


def _warn(judging: RowJudgement) -> Callable[[str, str], None]:
    return lambda code, sentence: judging.say(Severity.WARNING, code, sentence)


def _dropped(rank: int) -> str:
    return "" if rank == 1 else "，这位监护人没有导入"


def _tell_phone(judging: RowJudgement, rank: int, column: str, phone: str) -> None:
    if column in judging.row.numeric:
        judging.put_right("phone_was_number", f"监护人{rank}的手机号是数字格式，已按文本记为 {phone}。")
    elif judging.row[column] != phone:
        judging.put_right("phone_normalised", f"监护人{rank}的手机号已转为 {phone}。")


def _priority_group(judging: RowJudgement, groups: Sequence[str]) -> str | None:
    group = plain.plain(judging.row["优先保障类别"])
    if group and group not in groups:
        judging.say(
            Severity.QUESTION,
            "priority_group_unknown",
            f"优先保障类别“{group}”不在政策列出的类别里，先留空，请管理员确认。",
        )
        return None
    return group or None


def _health_note(judging: RowJudgement) -> str | None:
    note = judging.row["健康提示"].strip()
    if note.startswith(("=", "+", "-", "@")):
        judging.put_right("formula_kept_as_text", "“健康提示”以公式符号开头，已原样保留为文字。")
    return note or None

"""Judge the rows of a staff list (教职工名册). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.contracts.personas import Persona
from services.enrollment.imports.finding import Reading, Severity, rows_text
from services.enrollment.imports.read_sheet import Form, Row
from services.enrollment.imports.rules import plain_cells as plain
from services.enrollment.imports.rules.row_judgement import RowJudgement, repeated_in

FORM = Form("教职工名册", ("工号", "姓名", "手机", "岗位"), ("任教学科", "班主任班级"))

POSTS: dict[str, tuple[Persona, ...]] = {
    "班主任": (Persona.TEACHER,),
    "任课教师": (Persona.TEACHER,),
    "值班领导": (Persona.DUTY_LEADER,),
    "课后服务管理员": (Persona.SCHOOL_ADMIN, Persona.ENROLMENT_OFFICER),
    "校长": (Persona.PRINCIPAL,),
    "校医": (Persona.CLINIC,),
    "宿管": (Persona.DORMITORY_KEEPER,),
}
"""What a post on the sheet lets somebody do. Being on duty that day is another matter."""


@dataclass(frozen=True)
class StaffRecord:
    """A member of staff that can be taken."""

    row: int
    staff_no: str
    name: str
    phone: str
    personas: tuple[str, ...]
    subject: str | None
    homeroom: tuple[int, str] | None


def judge_staff(rows: Iterable[Row]) -> Reading[StaffRecord]:
    """Judge every row: number, name, phone and a known post are needed; a post may be several, with 、 between."""
    reading: Reading[StaffRecord] = Reading()
    numbers, phones = repeated_in(rows, "工号"), repeated_in(rows, "手机")
    for row in rows:
        judging = RowJudgement(row)
        if not judging.is_no_data("工号", "姓名"):
            reading.rows += 1
            record = _judge_row(judging)
            _reject_twice(judging, numbers, "工号", "staff_number_twice")
            _reject_twice(judging, phones, "手机", "phone_twice")
            if record is not None and not judging.rejected:
                reading.records.append(record)
        reading.findings += judging.findings
    return reading


def _judge_row(judging: RowJudgement) -> StaffRecord | None:
    row = judging.row
    number, name, phone = plain.plain(row["工号"]), plain.name_of(row["姓名"]), plain.phone_of(row["手机"])
    if not number:
        judging.reject("staff_number_missing", "没有工号。")
    if name is None:
        judging.reject("name_missing", "没有姓名。")
    if phone is None:
        judging.reject("phone_invalid", f"手机号“{row['手机']}”不是 11 位手机号，这位老师将无法登录。")
    personas = _personas(judging)
    homeroom = plain.homeroom_of(row["班主任班级"])
    if row["班主任班级"].strip() and homeroom is None:
        judging.say(Severity.QUESTION, "homeroom_unknown", f"看不懂班主任班级“{row['班主任班级']}”，先留空。")
    if not number or name is None or phone is None:
        return None
    subject = row["任教学科"].strip() or None
    return StaffRecord(row.number, number, name, phone, personas, subject, homeroom)


def _personas(judging: RowJudgement) -> tuple[str, ...]:
    found: list[str] = []
    for post in plain.plain(judging.row["岗位"]).replace("/", "、").replace(",", "、").split("、"):
        if post.strip() not in POSTS:
            judging.reject("post_unknown", f"看不懂岗位“{post}”，可以填：{'、'.join(POSTS)}。")
        found += [p.value for p in POSTS.get(post.strip(), ()) if p.value not in found]
    return tuple(found)


def _reject_twice(judging: RowJudgement, repeated: dict[str, list[int]], column: str, code: str) -> None:
    value = plain.plain(judging.row[column])
    others = tuple(number for number in repeated.get(value, ()) if number != judging.row.number)
    if others:
        judging.reject(code, f"{column} {value} 与{rows_text(others)}重复。", others)

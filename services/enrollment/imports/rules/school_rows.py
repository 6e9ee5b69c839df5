"""Judge the rows of a bureau's list of schools (学校). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time

from services.enrollment.imports.finding import Reading, rows_text
from services.enrollment.imports.read_sheet import Form, Row
from services.enrollment.imports.rules import plain_cells as plain
from services.enrollment.imports.rules.row_judgement import RowJudgement, repeated_in
from services.enrollment.policy import Policy, word_for

FORM = Form(
    "学校", ("学校代码", "学校名称", "区县", "学校类型"), ("中心校代码", "寄宿", "放学时间", "当地下班时间")
)
BOARDING = {"": "none", "否": "none", "部分": "some", "是": "all", "全部": "all"}


@dataclass(frozen=True)
class SchoolRecord:
    """A school that can be taken; ``run_by_code`` names the central school that runs it (R12)."""

    row: int
    code: str
    name: str
    county: str
    kind: str
    run_by_code: str | None
    boarding: str
    releases_at: time
    work_ends_at: time


def judge_schools(rows: Iterable[Row], policy: Policy, known_codes: Sequence[str]) -> Reading[SchoolRecord]:
    """Judge every row; a central school must stand on the sheet or be among ``known_codes``."""
    reading: Reading[SchoolRecord] = Reading()
    repeated = repeated_in(rows, "学校代码")
    codes = {plain.plain(row["学校代码"]) for row in rows} | set(known_codes)
    for row in rows:
        judging = RowJudgement(row)
        if not judging.is_no_data("学校代码", "学校名称"):
            reading.rows += 1
            record = _judge_row(judging, policy, codes)
            others = tuple(n for n in repeated.get(plain.plain(row["学校代码"]), ()) if n != row.number)
            if others:
                judging.reject(
                    "school_code_twice", f"学校代码 {row['学校代码']} 与{rows_text(others)}重复。", others
                )
            if record is not None and not judging.rejected:
                reading.records.append(record)
        reading.findings += judging.findings
    return reading


def _judge_row(judging: RowJudgement, policy: Policy, codes: set[str]) -> SchoolRecord | None:
    row = judging.row
    code, name = plain.plain(row["学校代码"]), row["学校名称"].strip()
    if not code or not name:
        judging.reject("code_or_name_missing", "没有学校代码或学校名称。")
    kind = word_for(policy.school_kinds, plain.plain(row["学校类型"]))
    if kind is None:
        judging.reject("school_kind_unknown", f"学校类型“{row['学校类型']}”不在政策列出的类型里。")
    boarding = BOARDING.get(plain.plain(row["寄宿"]))
    if boarding is None:
        judging.reject("boarding_unknown", f"看不懂寄宿“{row['寄宿']}”，可以填：是、部分、否。")
    releases, work_ends = (
        plain.time_of(row["放学时间"] or "16:30"),
        plain.time_of(row["当地下班时间"] or "18:00"),
    )
    if releases is None or work_ends is None:
        judging.reject("times_unknown", f"看不懂时间“{row['放学时间']}”或“{row['当地下班时间']}”。")
    central = plain.plain(row["中心校代码"]) or None
    if central is not None and (central not in codes or central == code):
        judging.reject("central_school_unknown", f"没有代码为“{central}”的中心校。")
    if kind is None or boarding is None or releases is None or work_ends is None or judging.rejected:
        return None
    return SchoolRecord(
        row.number, code, name, row["区县"].strip(), kind, central, boarding, releases, work_ends
    )

"""Judge the rows of a menu (课后服务菜单): what can be taken, and what stands against publishing it. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from services.enrollment.imports.finding import Finding, Reading, Severity, rows_text
from services.enrollment.imports.read_sheet import Form, Row
from services.enrollment.imports.rules import plain_cells as plain
from services.enrollment.imports.rules.row_judgement import RowJudgement, repeated_in
from services.enrollment.menu.rules.menu_objections import offering_objections
from services.enrollment.menu.rules.objection import Objection
from services.enrollment.menu.rules.proposal import Proposal
from services.enrollment.menu.rules.service_week import service_week
from services.enrollment.policy import Policy, word_for

FORM = Form(
    "课后服务菜单",
    (
        "课程编号",
        "课程名称",
        "类别",
        "性质",
        "任课教师工号",
        "地点",
        "星期",
        "开始",
        "结束",
        "招收年级",
        "人数上限",
    ),
    (
        "学科",
        "最少开班人数",
        "内容介绍",
        "风险评估编号",
        "收费(元)",
        "教学目标",
        "材料准备",
        "面向班级",
        "邀请制",
        "校外人员",
        "选课方式",
    ),
)
BY_ROUND, AT_ANY_TIME = "按轮次", "随时报名"


@dataclass(frozen=True)
class MenuGround:
    """What is on file when a menu comes in: staff numbers, rooms and their capacity, grades taught, partners."""

    staff: frozenset[str]
    rooms: Mapping[str, int]
    grades: Sequence[int]
    policy: Policy
    partners: frozenset[str] = frozenset()


def judge_menu(rows: Iterable[Row], ground: MenuGround) -> Reading[Proposal]:
    """Judge every row, then the menu as a whole.

    A row that cannot be understood is rejected. One that the policy forbids is taken as a draft, and its finding
    blocks publication: the school may still put it right (file the assessment, drop the fee).
    """
    reading: Reading[Proposal] = Reading()
    repeated = repeated_in(rows, "课程编号")
    understood: list[Proposal] = []
    for row in rows:
        judging = RowJudgement(row)
        if judging.is_no_data("课程编号", "课程名称"):
            reading.findings += judging.findings
            continue
        reading.rows += 1
        proposal = _judge_row(judging, ground)
        if proposal is not None:
            understood.append(proposal)
        others = tuple(n for n in repeated.get(plain.plain(row["课程编号"]), ()) if n != row.number)
        if others:
            judging.reject("code_twice", f"课程编号 {row['课程编号']} 与{rows_text(others)}重复。", others)
        reading.findings += judging.findings
        if proposal is not None and not judging.rejected:
            reading.records.append(proposal)
    # A conflict with a row that is itself rejected is still named: both are in the school's mind.
    for objection in offering_objections(understood, ground.policy):
        reading.findings.append(_as_finding(objection))
    for objection in service_week(list(reading.records), ground.policy, ground.grades):
        reading.findings.append(_as_finding(objection))
    return reading


def _judge_row(judging: RowJudgement, ground: MenuGround) -> Proposal | None:
    row = judging.row
    code, title = plain.plain(row["课程编号"]), row["课程名称"].strip()
    if not code or not title:
        judging.reject("code_or_title_missing", "没有课程编号或课程名称。")
    words, times, sizes = _words(judging, ground.policy), _times(judging), _sizes(judging)
    teacher, room, fee = _teacher(judging, ground), _room(judging, ground), _fee(judging)
    partner, invited, by_round = _partner(judging, ground), _invited(judging), _by_round(judging)
    if judging.rejected or words is None or times is None or sizes is None:
        return None
    _warn_of_room(judging, ground, room, sizes[1])
    return Proposal(
        code=code,
        title=title,
        kind=words[0],
        nature=words[1],
        weekdays=times[0],
        starts=times[1],
        ends=times[2],
        grades=sizes[0],
        capacity=sizes[1],
        minimum_size=sizes[2],
        teacher=teacher,
        room=room,
        subject=plain.plain(row["学科"]) or None,
        content=row["内容介绍"].strip(),
        assessment_no=plain.plain(row["风险评估编号"]) or None,
        fee_fen=fee,
        aims=_said(row, "教学目标"),
        materials=_said(row, "材料准备"),
        classes=_classes(row),
        by_invitation=invited,
        by_round=by_round,
        partner=partner,
        row=row.number,
    )


def _said(row: Row, column: str) -> str | None:
    """What the cell says; None where the sheet has no such column."""
    return row[column].strip() if column in row.cells else None


def _classes(row: Row) -> tuple[str, ...] | None:
    said = _said(row, "面向班级")
    return None if said is None else tuple(re.findall(r"[^\s、，,;；]+", said))


def _invited(judging: RowJudgement) -> bool | None:
    said = _said(judging.row, "邀请制")
    if said is not None and said not in ("", "是", "否"):
        judging.reject("by_invitation_unknown", f"看不懂邀请制“{said}”，请填“是”或“否”。")
    return None if said is None else said == "是"


def _by_round(judging: RowJudgement) -> bool | None:
    said = _said(judging.row, "选课方式")
    if said is not None and said not in ("", BY_ROUND, AT_ANY_TIME):
        judging.reject("by_round_unknown", f"看不懂选课方式“{said}”，请填“{BY_ROUND}”或“{AT_ANY_TIME}”。")
    return None if said is None else said == BY_ROUND


def _partner(judging: RowJudgement, ground: MenuGround) -> str | None:
    said = _said(judging.row, "校外人员")
    if said and said not in ground.partners:
        judging.reject("partner_unknown", f"没有叫“{said}”的校外人员或机构，请先登记资质和背景核查。")
    return said


def _times(judging: RowJudgement) -> tuple[tuple[int, ...], time, time] | None:
    row = judging.row
    weekdays, starts, ends = (
        plain.weekdays_of(row["星期"]),
        plain.time_of(row["开始"]),
        plain.time_of(row["结束"]),
    )
    if weekdays is None:
        judging.reject("weekdays_unknown", f"看不懂星期“{row['星期']}”。")
    if starts is None or ends is None:
        judging.reject("times_unknown", f"看不懂时间“{row['开始']}—{row['结束']}”。")
        return None
    if ends <= starts:
        judging.reject("ends_before_start", f"结束时间 {ends:%H:%M} 不晚于开始时间 {starts:%H:%M}。")
    return None if weekdays is None else (weekdays, starts, ends)


def _fee(judging: RowJudgement) -> int:
    fee = plain.fen_of(judging.row["收费(元)"])
    if fee is None:
        judging.reject("fee_unknown", f"看不懂收费“{judging.row['收费(元)']}”。")
    return fee or 0


def _words(judging: RowJudgement, policy: Policy) -> tuple[str, str] | None:
    row = judging.row
    kind = word_for(policy.kinds, plain.plain(row["类别"]))
    nature = word_for(policy.natures, plain.plain(row["性质"]))
    if kind is None:
        judging.reject("kind_unknown", f"类别“{row['类别']}”不在政策列出的类别里。")
    if nature is None:
        judging.reject("nature_unknown", f"性质“{row['性质']}”不在政策列出的性质里。")
    return None if kind is None or nature is None else (kind, nature)


def _teacher(judging: RowJudgement, ground: MenuGround) -> str | None:
    number = plain.plain(judging.row["任课教师工号"])
    if number not in ground.staff:
        judging.reject("teacher_unknown", f"没有工号为“{number}”的教师，请先导入教职工名册，或改正工号。")
    return number or None


def _room(judging: RowJudgement, ground: MenuGround) -> str | None:
    name = judging.row["地点"].strip()
    if name not in ground.rooms:
        judging.reject("room_unknown", f"没有叫“{name}”的场地，请先导入场地表，或改正名称。")
    return name or None


def _sizes(judging: RowJudgement) -> tuple[tuple[int, ...], int, int] | None:
    row = judging.row
    grades, capacity = plain.grades_of(row["招收年级"]), plain.count_of(row["人数上限"])
    least = plain.count_of(row["最少开班人数"]) if row["最少开班人数"] else 1
    if not grades:
        judging.reject("grades_unknown", f"看不懂招收年级“{row['招收年级']}”。")
    if not capacity:
        judging.reject("capacity_unknown", f"看不懂人数上限“{row['人数上限']}”。")
    if least is None or (capacity and least > capacity):
        judging.reject("minimum_unknown", f"最少开班人数“{row['最少开班人数']}”不对，或大于人数上限。")
    return (grades, capacity, least) if grades and capacity and least is not None else None


def _warn_of_room(judging: RowJudgement, ground: MenuGround, room: str | None, capacity: int) -> None:
    holds = ground.rooms.get(room or "", 0)
    if capacity > holds:
        judging.say(
            Severity.WARNING, "capacity_above_room", f"人数上限 {capacity} 超过“{room}”的容量 {holds}。"
        )


def _as_finding(objection: Objection) -> Finding:
    first, *others = objection.rows or (None,)
    return Finding(
        row=first,
        severity=Severity.BLOCKING if objection.force == "must" else Severity.WARNING,
        code=objection.code,
        sentence=objection.sentence,
        others=tuple(row for row in others if row is not None),
        rule=objection.rule,
        clause=objection.clause,
    )

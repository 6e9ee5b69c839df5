"""Judge the three sheets of a collectors' workbook: 接送人, 禁止接送, 自行离校. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from services.enrollment.imports.finding import Finding, Reading, Severity
from services.enrollment.imports.read_sheet import Form, Row
from services.enrollment.imports.rules import plain_cells as plain
from services.enrollment.imports.rules.row_judgement import RowJudgement

COLLECTORS = Form(
    "接送人",
    ("学号", "学生", "接送人姓名", "与学生关系", "手机", "有效期起", "有效期止", "星期"),
    ("出生年份",),
)
BLOCKED = Form("禁止接送", ("学号", "学生", "姓名", "原因", "依据"))
SELF_RELEASE = Form("自行离校", ("学号", "学生", "依据", "生效日期"))
ADULT_YEARS = 18


@dataclass(frozen=True)
class ChildOnFile:
    """What must agree when a sheet names a child."""

    child_id: UUID
    name: str


@dataclass(frozen=True)
class CollectorRecord:
    """An authorised adult; both days are in it."""

    child_id: UUID
    name: str
    relation: str
    phone: str
    born_year: int | None
    valid_from: date
    valid_until: date
    weekdays: tuple[int, ...]


@dataclass(frozen=True)
class BlockedRecord:
    """Somebody who must not collect the child."""

    child_id: UUID
    name: str
    reason: str
    order_no: str


@dataclass(frozen=True)
class SelfReleaseRecord:
    """The child may go by itself from a day on."""

    child_id: UUID
    basis: str
    valid_from: date


Children = Mapping[str, ChildOnFile]
"""By student number."""


@dataclass
class CollectorBook:
    """The three sheets, read, and the children that they may name."""

    children: Children
    collectors: Reading[CollectorRecord] = field(default_factory=Reading)
    blocked: Reading[BlockedRecord] = field(default_factory=Reading)
    self_release: Reading[SelfReleaseRecord] = field(default_factory=Reading)


def judge_collectors(rows: Iterable[Row], children: Children, *, today: date) -> Reading[CollectorRecord]:
    """Judge 接送人: an adult, reachable, with a span of validity; an expired one is taken and told."""
    reading: Reading[CollectorRecord] = Reading()
    for judging in _data(rows, reading):
        row, child = judging.row, _child(judging, children)
        name, phone = plain.name_of(row["接送人姓名"]), plain.phone_of(row["手机"])
        if name is None:
            judging.reject("name_missing", "没有接送人姓名。")
        if phone is None:
            judging.reject("phone_invalid", f"手机号“{row['手机']}”不是 11 位手机号。")
        born = _born(judging, today)
        span, weekdays = _span(judging, today), plain.weekdays_of(row["星期"])
        if weekdays is None:
            judging.reject("weekdays_unknown", f"看不懂星期“{row['星期']}”。")
        if child and name and phone and span and weekdays and not judging.rejected:
            relation = plain.plain(row["与学生关系"]) or "接送人"
            reading.records.append(
                CollectorRecord(child.child_id, name, relation, phone, born, *span, weekdays)
            )
        reading.findings += _of_sheet(COLLECTORS, judging)
    return reading


def judge_blocked(rows: Iterable[Row], children: Children) -> Reading[BlockedRecord]:
    """Judge 禁止接送: who, of which child, and the order it rests on."""
    reading: Reading[BlockedRecord] = Reading()
    for judging in _data(rows, reading):
        row, child = judging.row, _child(judging, children)
        name, order = plain.name_of(row["姓名"]), row["依据"].strip()
        if name is None:
            judging.reject("name_missing", "没有姓名。")
        if not order:
            judging.reject("order_missing", "没有依据（裁定书编号或书面材料），不能登记禁止接送。")
        if child and name and not judging.rejected:
            reading.records.append(BlockedRecord(child.child_id, name, row["原因"].strip(), order))
        reading.findings += _of_sheet(BLOCKED, judging)
    return reading


def judge_self_release(rows: Iterable[Row], children: Children) -> Reading[SelfReleaseRecord]:
    """Judge 自行离校: which child, from when, and the written request it rests on."""
    reading: Reading[SelfReleaseRecord] = Reading()
    for judging in _data(rows, reading):
        row, child, since = judging.row, _child(judging, children), plain.date_of(judging.row["生效日期"])
        if since is None:
            judging.reject("date_unknown", f"看不懂生效日期“{row['生效日期']}”。")
        if not row["依据"].strip():
            judging.reject("basis_missing", "没有依据（监护人书面申请）。")
        if child and since and not judging.rejected:
            reading.records.append(SelfReleaseRecord(child.child_id, row["依据"].strip(), since))
        reading.findings += _of_sheet(SELF_RELEASE, judging)
    return reading


def _data(rows: Iterable[Row], reading: Reading[Any]) -> list[RowJudgement]:
    judgements = []
    for row in rows:
        judging = RowJudgement(row)
        if judging.is_no_data("学号", "学生"):
            reading.findings += judging.findings
        else:
            reading.rows += 1
            judgements.append(judging)
    return judgements


def _child(judging: RowJudgement, children: Children) -> ChildOnFile | None:
    number, name = plain.plain(judging.row["学号"]), plain.name_of(judging.row["学生"])
    child = children.get(number)
    if child is None:
        judging.reject("child_unknown", f"没有学号为“{number}”的学生，请先导入学生名册。")
    elif name != child.name:
        judging.reject(
            "child_name_differs", f"学号 {number} 在名册里是“{child.name}”，这里写的是“{name or ''}”。"
        )
    return child


def _born(judging: RowJudgement, today: date) -> int | None:
    text = plain.plain(judging.row["出生年份"])
    born = int(text) if text.isdigit() and 1900 < int(text) <= today.year else None
    if text and born is None:
        judging.reject("birth_year_unknown", f"看不懂出生年份“{text}”。")
    elif born is not None and today.year - born < ADULT_YEARS:
        judging.reject("not_an_adult", f"出生于 {born} 年，未满 {ADULT_YEARS} 岁，不能作为接送人。")
    return born


def _span(judging: RowJudgement, today: date) -> tuple[date, date] | None:
    row = judging.row
    since, until = plain.date_of(row["有效期起"]), plain.date_of(row["有效期止"])
    if since is None or until is None or until < since:
        judging.reject("validity_unknown", f"看不懂有效期“{row['有效期起']}—{row['有效期止']}”。")
        return None
    if until < today:
        judging.say(Severity.WARNING, "validity_over", f"有效期到 {until} 为止，已经过期，不能据此接走孩子。")
    return since, until


def _of_sheet(form: Form, judging: RowJudgement) -> list[Finding]:
    """Name the sheet in each sentence: the three share their row numbers."""
    return [
        finding.model_copy(update={"sentence": f"【{form.label}】{finding.sentence}"})
        for finding in judging.findings
    ]

"""R08, 三（二） "5+2+1": five workdays, two hours each, one day of the weekend, for every grade.

Judges what is *offered* per grade and day, not what a child chose. Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import time
from typing import Literal

from services.enrollment.menu.rules.objection import Objection
from services.enrollment.menu.rules.proposal import Proposal
from services.enrollment.policy import Policy
from services.enrollment.words import grades_text, weekdays_text

WORKDAYS = (1, 2, 3, 4, 5)
WEEKEND = (6, 7)


def service_week(menu: Sequence[Proposal], policy: Policy, grades: Sequence[int]) -> Iterator[Objection]:
    """Object, once for each part of the rule, naming grades and days."""
    counted = [proposal for proposal in menu if policy.kinds[proposal.kind].counts_as_service]
    minutes = {
        (grade, day): covered_minutes(p for p in counted if grade in p.grades and day in p.weekdays)
        for grade in grades
        for day in (*WORKDAYS, *WEEKEND)
    }
    days = WORKDAYS[: policy.workdays_per_week]
    closed = [(g, d) for g in grades for d in days if not minutes[g, d]]
    if closed:
        yield _objection("workday_missing", "must", f"{_text(closed)}没有课后服务，五个工作日都应当开展。")
    short = [(g, d) for g in grades for d in days if 0 < minutes[g, d] < policy.min_minutes_per_workday]
    if short:
        least = min(minutes[cell] for cell in short)
        hours = policy.min_minutes_per_workday / 60
        yield _objection(
            "workday_short",
            "should",
            f"{_text(short)}不足 {hours:g} 小时（最短 {least} 分钟），原则上每天不少于 {hours:g} 小时。",
        )
    without = [g for g in grades if sum(1 for d in WEEKEND if minutes[g, d]) < policy.weekend_days]
    if without:
        yield _objection(
            "weekend_missing",
            "must",
            f"{grades_text(without)}没有双休日的活动，双休日中应有 {policy.weekend_days} 天开展课后服务。",
        )


def covered_minutes(proposals: Iterable[Proposal]) -> int:
    """Minutes of the day that are covered by at least one of the offerings."""
    total = reached = 0
    for start, end in sorted((_minute(p.starts), _minute(p.ends)) for p in proposals):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _text(cells: Sequence[tuple[int, int]]) -> str:
    """Name (grade, day) pairs, grades with the same days together."""
    days_of: dict[int, list[int]] = {}
    for grade, day in cells:
        days_of.setdefault(grade, []).append(day)
    by_days: dict[tuple[int, ...], list[int]] = {}
    for grade, days in days_of.items():
        by_days.setdefault(tuple(days), []).append(grade)
    return "；".join(f"{grades_text(grades)}{weekdays_text(days)}" for days, grades in by_days.items())


def _objection(code: str, force: Literal["must", "should"], sentence: str) -> Objection:
    return Objection(rule="R08", clause="三（二）", code=code, force=force, sentence=sentence)

"""What the policy says about a term's dates and days. Pure."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Literal

from services.enrollment.calendar.rules.school_days import FRIDAY, SATURDAY, SchoolDay
from services.enrollment.menu.rules.objection import Objection
from services.enrollment.policy import Policy

DAYS_OF_A_WEEK, WORKDAYS_OF_A_WEEK = 7, 5
MOST_WEEKS_NAMED = 5


def holiday_opening(kind: str, days: Sequence[SchoolDay], policy: Policy) -> Iterator[Objection]:
    """R13, 三（二）: a winter opening lasts a week, a summer opening three; a week has five open weekdays."""
    if kind == "term":
        return
    label, weeks = (
        ("寒假", policy.winter_open_weeks) if kind == "winter_opening" else ("暑假", policy.summer_open_weeks)
    )
    open_weekdays = sum(1 for day in days if day.on.isoweekday() <= FRIDAY and day.runs_as is not None)
    if len(days) < DAYS_OF_A_WEEK * weeks or open_weekdays < WORKDAYS_OF_A_WEEK * weeks:
        yield _objection(
            "R13",
            "opening_too_short",
            "must",
            f"{label}开放共 {len(days)} 天、其中开放的工作日 {open_weekdays} 天：应不少于 {weeks} 周"
            f"（{DAYS_OF_A_WEEK * weeks} 天、{WORKDAYS_OF_A_WEEK * weeks} 个工作日）。",
        )


def weekend_owed(days: Sequence[SchoolDay], offered: Collection[int]) -> Iterator[Objection]:
    """R08, 三（二）: name the weeks in which the school serves on no day of the weekend.

    ``offered`` are the weekdays of the menu. Nothing is owed by a week with a working Saturday or Sunday, by one
    whose weekend is a public holiday or outside the term, and by one without any workday.
    """
    weeks: dict[date, list[SchoolDay]] = {}
    for day in days:
        weeks.setdefault(day.on - timedelta(days=day.on.isoweekday() - 1), []).append(day)
    owing = [monday for monday, week in sorted(weeks.items()) if _owes(week, offered)]
    if owing:
        named = "、".join(f"{monday:%m-%d}" for monday in owing[:MOST_WEEKS_NAMED])
        more = "等" if len(owing) > MOST_WEEKS_NAMED else ""
        yield _objection(
            "R08",
            "weekend_owed",
            "should",
            f"有 {len(owing)} 周没有双休日的课后服务（{named}{more}起的一周），每周双休日中应有 1 天开展。",
        )


def menu_late(starts_on: date, today: date) -> Iterator[Objection]:
    """R14, 三（三）: the term's first menu is published before the term begins."""
    if today >= starts_on:
        yield _objection(
            "R14",
            "menu_late",
            "should",
            f"{starts_on} 已经开学，菜单应在开学前公布，让家长有时间选择。",
            "三（三）",
        )


def _owes(week: Sequence[SchoolDay], offered: Collection[int]) -> bool:
    weekend = [day for day in week if day.on.isoweekday() >= SATURDAY]
    works = any(day.kind == "workday" and day.runs_as is not None for day in week)
    moved = any(day.kind == "workday" for day in weekend)
    could = any(day.kind == "weekend" for day in weekend)
    served = any(day.runs_as in offered for day in weekend)
    return works and could and not moved and not served


def _objection(
    rule: str, code: str, force: Literal["must", "should"], sentence: str, clause: str = "三（二）"
) -> Objection:
    return Objection(rule=rule, clause=clause, code=code, force=force, sentence=sentence)

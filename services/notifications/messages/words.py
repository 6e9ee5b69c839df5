"""A message in all its forms, and how names, days and hours stand in it: the school's wall clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from services.kernel.clock import SHANGHAI, local_hhmm

WEEKDAYS = "一二三四五六日"
GRADES = "一二三四五六七八九"


@dataclass(frozen=True)
class Words:
    """One message in all its forms."""

    title: str
    body: str
    card: Mapping[str, str] = field(default_factory=dict)
    """What a card may show, by meaning: child or school, time, what, remark."""
    sms: Mapping[str, str] = field(default_factory=dict)
    """The values of the SMS template."""


def card_of(facts: dict[str, Any], what: str, remark: str, *, when: str = "") -> dict[str, str]:
    """Return a card's values; its time is when it happened, where ``when`` says nothing else."""
    moment = datetime.fromisoformat(facts["at"]).astimezone(SHANGHAI)
    time = when or f"{_full_day(moment)} {moment:%H:%M}"
    whom = {"child": facts["child"]} if "child" in facts else {}
    return {**whom, "school": facts["school"], "time": time, "what": what, "remark": remark}


def sms_of(facts: dict[str, Any], **more: str) -> dict[str, str]:
    """Return an SMS template's values: school, child, time, and what the kind adds."""
    whom = {"child": facts["child"]} if "child" in facts else {}
    return {"school": facts["school"], **whom, "time": hhmm_of(facts), **more}


def hhmm_of(facts: dict[str, Any]) -> str:
    """Return when it happened as ``16:35``."""
    return local_hhmm(datetime.fromisoformat(facts["at"]))


def day_in_words(day: str) -> str:
    """``2026-11-24`` as ``11月24日（周二）``."""
    told = date.fromisoformat(day)
    return f"{told.month}月{told.day}日（{weekday_in_words(told.isoweekday())}）"


def moment_in_words(instant: str) -> str:
    """An instant as ``11月24日（周二）20:00``."""
    moment = datetime.fromisoformat(instant).astimezone(SHANGHAI)
    return f"{day_in_words(moment.date().isoformat())}{moment:%H:%M}"


def short_moment(instant: str) -> str:
    """An instant as ``11月24日20:00``: for a card, whose lines are short."""
    moment = datetime.fromisoformat(instant).astimezone(SHANGHAI)
    return f"{moment.month}月{moment.day}日{moment:%H:%M}"


def card_moment(instant: str) -> str:
    """An instant as a card's time takes it: ``2026年11月24日 20:00``."""
    moment = datetime.fromisoformat(instant).astimezone(SHANGHAI)
    return f"{_full_day(moment)} {moment:%H:%M}"


def card_day(day: str) -> str:
    """A day as a card's date takes it: ``2026年11月24日``."""
    return _full_day(date.fromisoformat(day))


def weekday_in_words(weekday: int) -> str:
    """1 is 周一, 7 is 周日."""
    return "周" + WEEKDAYS[weekday - 1]


def grades_in_words(grades: list[int]) -> str:
    """``一年级``, ``一至三年级`` or ``一、三年级``."""
    first, last = min(grades), max(grades)
    if len(grades) > 2 and last - first == len(grades) - 1:
        return f"{GRADES[first - 1]}至{GRADES[last - 1]}年级"
    return "、".join(GRADES[grade - 1] for grade in sorted(grades)) + "年级"


def titles_in_words(titles: list[str]) -> str:
    """``「篮球」「书法」``."""
    return "".join(f"「{title}」" for title in titles)


def _full_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

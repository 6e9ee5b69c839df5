"""Say to a family, in Chinese, what became of a wish; the order is named by positions, never by who goes first."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.enrollment.draw.rules.reasons import Outcome

Titles = Mapping[str, str]
"""Club id -> title, for other clubs that a sentence names."""


def say_outcome(title: str, told: Outcome, position: int, titles: Titles) -> str:
    """Return the sentence about a wish for ``title`` of the child at ``position`` in the order."""
    facts = told.facts
    match told.outcome:
        case "given":
            said = f"“{title}”已录取。"
        case "unfit":
            said = f"“{title}”这一志愿没有参加抽签：{facts['because']}"
        case "dissolved":
            said = (
                f"“{title}”至少要有 {facts['minimum']} 人才能开班，这次只有 {facts['filled']} 人，没有开成；"
                "抽签已按孩子的其余志愿重新排过。"
            )
        case "clash":
            said = f"“{title}”与孩子已有的“{titles[facts['with']]}”时间冲突，不能同时参加。"
        case "limit":
            said = f"每个孩子每周最多 {facts['most']} 门，孩子已经达到，“{title}”没有再安排。"
        case "full":
            said = _full(title, position, facts, titles)
        case _:
            together = "在同一时间放学" if facts["link"] == "same_end" else "安排在同一天"
            said = f"选“{title}”的话，几个孩子无法像您要求的那样{together}，所以按您的选择没有单独安排。"
    return said


def _full(title: str, position: int, facts: Mapping[str, Any], titles: Titles) -> str:
    if facts["places"] == 0:
        return f"“{title}”在抽签之前就没有空余名额了。"
    asked = f"“{title}”有 {facts['places']} 个名额，{facts['wished']} 个孩子填报"
    if "instead" in facts:
        got = titles[facts["instead"]]
        return f"{asked}，在孩子得到“{got}”的那一轮就已录满；每一轮每个孩子最多得到一门。"
    return f"{asked}，录满时排到第 {facts['last']} 位，孩子排在第 {position} 位，没有轮到。"


def say_not_written(title: str) -> str:
    """Return the sentence about a club that was drawn, and could no longer be given when the results came out."""
    return (
        f"“{title}”抽中了，但公布结果之前情况有变（例如孩子另选了同一时间的课程，或门数已满），没有安排；"
        "有疑问请联系学校。"
    )


def say_hint(full: Sequence[str]) -> str:
    """Return what a child without a club can do; ``full`` are titles that one may wait for."""
    waiting = f"可以为{'、'.join(f'“{title}”' for title in full)}排候补，有空位就会通知您；" if full else ""
    return f"{waiting}孩子照常可以参加基本托管，不会没有地方去。"

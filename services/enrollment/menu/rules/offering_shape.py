"""Can an offering be kept at all, whatever the policy says about publishing it? Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from services.enrollment.policy import Policy
from services.enrollment.words import grade_label

NEEDED = {
    "title": "课程名称",
    "kind": "类别",
    "nature": "性质",
    "weekdays": "星期",
    "starts": "开始时间",
    "ends": "结束时间",
    "grades": "招收年级",
    "capacity": "人数上限",
}


def shape_problems(
    offering: Mapping[str, Any], policy: Policy, classes: Collection[tuple[int, str]]
) -> Iterator[tuple[str, str]]:
    """Yield (code, Chinese sentence) of what is missing or contradicts itself.

    ``offering`` has all its columns; ``classes`` are those of the school, as (grade, class name).
    """
    missing = [label for name, label in NEEDED.items() if offering.get(name) in (None, "", [])]
    if missing:
        yield "incomplete", f"还没有填写：{'、'.join(missing)}。"
        return
    starts, ends = offering["starts"], offering["ends"]
    if offering["kind"] not in policy.kinds:
        yield "kind_unknown", f"政策列出的类别里没有“{offering['kind']}”。"
    if offering["nature"] not in policy.natures:
        yield "nature_unknown", f"政策列出的性质里没有“{offering['nature']}”。"
    if ends <= starts:
        yield "ends_before_start", f"结束时间 {ends:%H:%M} 不晚于开始时间 {starts:%H:%M}。"
    least, most = offering["minimum_size"], offering["capacity"]
    if least > most:
        yield "minimum_above_capacity", f"最少开班人数 {least} 大于人数上限 {most}。"
    known = {f"{grade_label(grade)}{name}" for grade, name in classes if grade in offering["grades"]}
    unknown = [name for name in offering["classes"] or () if name not in known]
    if unknown:
        yield "class_unknown", f"招收年级里没有这些班级：{'、'.join(unknown)}。"


def fixed_once_published(before: Mapping[str, Any], after: Mapping[str, Any], policy: Policy) -> str | None:
    """Return the Chinese sentence against a change that families could not follow, or None."""
    if after["code"] != before["code"]:
        return "已经公布的课程不能再改课程编号。"
    if policy.kinds[after["kind"]].basic != before["basic"]:
        return "已经公布的课程不能在基本托管与其他类别之间改换，请取消开班后另开一门。"
    return None


def free_code(codes: Iterable[str]) -> str:
    """Return the next code in the manner of the menu's own: ``K104`` after ``K103``."""
    numbers = [int(code[1:]) for code in codes if code[:1] == "K" and code[1:].isdigit()]
    return f"K{max(numbers, default=0) + 1:03}"

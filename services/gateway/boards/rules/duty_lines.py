"""Turn attendance's duty board into the lines that stand on a wall: short, Chinese, read from two metres."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from services.gateway.public.rules.in_words import DAYS, NUMERALS
from services.kernel.clock import SHANGHAI, local_hhmm

Board = Mapping[str, Any]
Line = dict[str, str]

STATES = {
    "open": "进行中",
    "closed": "已结束",
}
KINDS = {
    "received": "接收",
    "moved": "交接",
    "released": "离校",
    "sighted": "看到",
    "missing": "未到",
    "found": "找到",
    "corrected": "更正",
    "absent": "缺勤",
    "excused": "请假",
}
COUNTS = {
    "expected": "应到",
    "in_care": "在校",
    "awaited": "待接收",
    "in_transit": "途中",
    "released": "已离校",
}
MOST_RECENT = 8


def duty_lines(board: Board, *, full_names: bool) -> dict[str, Any]:
    """Return everything the page shows. Children's names are shortened unless the leader asked for them in full."""
    name = _in_full if full_names else shortened
    counts: Mapping[str, int] = board["counts"]
    now = _instant(board["now"])
    return {
        "clock": local_hhmm(now),
        "day": _day(now),
        "state": STATES.get(board["state"], board["state"]),
        "counts": [{"label": label, "number": str(counts.get(key, 0))} for key, label in COUNTS.items()],
        "missing": [_missing(one, name) for one in board["missing"]],
        "late": [_late(one, name) for one in board["late"]],
        "hand_overs": [_hand_over(one) for one in board["open_hand_overs"]],
        "rooms": [_room(one) for one in board["rooms"]],
        "recent": [_recent(one, name) for one in board["recent"][:MOST_RECENT]],
    }


def no_day(now: datetime) -> dict[str, Any]:
    """Return what a board says on a day without service, or before it was laid out."""
    return {
        "clock": local_hhmm(now),
        "day": _day(now),
        "state": "今天还没有课后服务",
        "counts": [{"label": label, "number": "—"} for label in COUNTS.values()],
        **{part: [] for part in ("missing", "late", "hand_overs", "rooms", "recent")},
    }


def shortened(name: str) -> str:
    """Hide the middle of a child's name, or the end of a short one: a wall is read by more than its staff."""
    if len(name) <= 2:
        return name[:1] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def _in_full(name: str) -> str:
    return name


def _day(now: datetime) -> str:
    local = now.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 星期{DAYS[local.weekday()]}"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _hour(text: str | None) -> str:
    return local_hhmm(_instant(text)) if text else ""


def _class(one: Board) -> str:
    return f"{NUMERALS[one['grade'] - 1]}年级{one['class_name']}"


def _missing(one: Board, name: Callable[[str], str]) -> Line:
    told = "已通知家长" if one["told_at"] else "还没有通知家长"
    last = f"，上一位负责人：{one['last_adult']}" if one["last_adult"] else ""
    return {
        "who": f"{name(one['child'])} · {_class(one)}",
        "what": f"{_hour(one['raised_at'])} 起未到{one['session'] or ''}{last}",
        "mark": told,
        "sort": "calm" if one["told_at"] else "bad",
    }


def _late(one: Board, name: Callable[[str], str]) -> Line:
    place = "，".join(part for part in (one["room"], one["adult"]) if part)
    paused = one["paused_until"]
    return {
        "who": f"{name(one['child'])} · {_class(one)}",
        "what": f"晚接 {one['minutes_late']} 分钟" + (f"，在{place}" if place else ""),
        "mark": f"家长说 {_hour(paused)} 前到" if paused else f"已提醒 {one['steps_climbed']} 次",
        "sort": "calm" if paused else "warn",
    }


def _hand_over(one: Board) -> Line:
    waiting = one["offered"] - one["accepted"] - one["taken_back"]
    return {
        "who": f"{one['giver'] or '—'} → {one['taker'] or '待定'}",
        "what": f"{one['session'] or '交接'}，{_hour(one['offered_at'])} 交出",
        "mark": f"还有 {waiting} 人未确认",
        "sort": "warn" if one["minutes"] >= 10 else "calm",
    }


def _room(one: Board) -> Line:
    awaited = max(0, one["expected"] - one["not_coming"])
    sort, mark = "calm", f"{one['present']} / {awaited}"
    if one["present"] and not one["adult"]:
        sort = "bad"
    elif one["present"] < awaited:
        sort = "warn"
    if one["setting_out"]:
        mark += f"，{one['setting_out']} 人途中"
    return {
        "who": one["room"] or "未定教室",
        "what": "，".join(part for part in (one["session"], one["adult"] or "没有老师") if part),
        "mark": mark,
        "sort": sort,
    }


def _recent(one: Board, name: Callable[[str], str]) -> Line:
    adults = " → ".join(part for part in (one["adult_before"], one["adult_after"]) if part)
    by = f"（{one['relation']}）" if one.get("relation") else ""
    return {
        "who": f"{_hour(one['occurred_at'])} {name(one['child'])}",
        "what": f"{KINDS.get(one['kind'], one['kind'])}{by}",
        "mark": adults or one["room"] or "",
        "sort": "calm",
    }

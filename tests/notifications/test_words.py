"""Every kind of message as parents and teachers read it: rendered samples, committed and compared.

To accept a change on purpose: KEHOU_REWRITE_SAMPLES=1 pytest tests/notifications/test_words.py, then read the diff.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from services.notifications.channels.template_book import TemplateBook
from services.notifications.messages.catalogue import KINDS
from services.notifications.messages.rules.fit_field import fit_card_value, fit_sms_value, shorten
from services.standin.field_limits import fault_in

SAMPLES = Path(__file__).parent / "samples"
PLAIN: dict[str, Any] = {"child": "王小明", "school": "城南小学", "at": "2026-11-23T08:35:00+00:00"}
LONG = {
    **PLAIN,
    "child": "阿布都热依木·麦麦提艾力·库尔班江·买买提",
    "school": "长治市潞州区英雄中路第二实验小学西校区",
    "room": "综合实验楼三层西侧科学与创客活动专用教室",
    "adult": "欧阳上官慕容",
    "collector": "阿卜杜拉·阿卜杜热合曼·托合提",
    "relation": "外祖父（已登记）",
}
FACTS: dict[str, dict[str, dict[str, Any]]] = {
    "received": {
        "plain": {**PLAIN, "room": "三楼301教室", "adult": "李芳"},
        "nothing-known": PLAIN,
        "long": LONG,
    },
    "moved": {"plain": {**PLAIN, "room": "操场", "adult": "赵刚"}, "nothing-known": PLAIN, "long": LONG},
    "released": {
        "collector": {**PLAIN, "manner": "collector", "collector": "王大山", "relation": "爷爷"},
        "somebody": {**PLAIN, "manner": "collector"},
        "self": {**PLAIN, "manner": "self"},
        "dormitory": {**PLAIN, "manner": "dormitory"},
        "long": {**LONG, "manner": "collector"},
    },
    "missing": {"plain": PLAIN, "long": LONG},
    "missing_cleared": {
        "went-home": {**PLAIN, "reason": "went_home"},
        "scanned": {**PLAIN, "reason": "scanned"},
        "leave": {**PLAIN, "reason": "leave"},
        "other": {**PLAIN, "reason": "other"},
        "sick": {**PLAIN, "reason": "sick"},
        "long": {**LONG, "reason": "with_other_teacher"},
    },
    "late": {
        "first": {**PLAIN, "minutes": 15, "urgent": False},
        "at-once": {**PLAIN, "minutes": 0, "urgent": False},
        "urgent": {**PLAIN, "minutes": 45, "urgent": True},
        "long": {**LONG, "minutes": 120, "urgent": True},
    },
    "late_staff": {"plain": {**PLAIN, "minutes": 45}, "long": {**LONG, "minutes": 120}},
    "release_refused": {
        "blocked": {**PLAIN, "reason": "person-blocked"},
        "unknown": {**PLAIN, "reason": "something-new"},
        "long": {**LONG, "reason": "person-blocked"},
    },
    "release_refused_staff": {
        "blocked": {**PLAIN, "reason": "person-blocked"},
        "long": {**LONG, "reason": "too-many-tries"},
    },
}
SCHOOL: dict[str, Any] = {"school": "城南小学", "at": "2026-11-23T08:35:00+00:00"}
LONG_SCHOOL = {**SCHOOL, "school": LONG["school"]}
BALL: dict[str, Any] = {**PLAIN, "offerings": ["篮球"], "day": "2026-11-30"}
LONG_BALL = {**LONG, "offerings": ["“我爱家乡”非物质文化遗产剪纸与泥塑联合工作坊"], "day": "2026-11-30"}
GROUP: dict[str, Any] = {
    "grades": [1],
    "weekdays": [1, 3],
    "starts": "16:30",
    "ends": "17:30",
    "children": 1,
    "lacks": ["teacher", "room"],
}
ROUND: dict[str, Any] = {
    "rule": "preference",
    "opens_at": "2026-11-25T00:00:00+00:00",
    "closes_at": "2026-11-27T12:00:00+00:00",
    "results_at": "2026-11-28T10:00:00+00:00",
}
FACTS |= {
    "round_announced": {
        "preference": {**SCHOOL, **ROUND},
        "first-come": {**SCHOOL, **ROUND, "rule": "first_come"},
        "long": {**LONG_SCHOOL, **ROUND},
    },
    "round_cancelled": {
        "preference": {**SCHOOL, **ROUND},
        "first-come": {**SCHOOL, **ROUND, "rule": "first_come"},
        "long": {**LONG_SCHOOL, **ROUND},
    },
    "results_out": {
        "two": {**BALL, "offerings": ["篮球", "书法"], "wishes": 5},
        "none": {**PLAIN, "wishes": 3},
        "long": {**LONG_BALL, "wishes": 5},
    },
    "place_given": {
        "offer": {**BALL, "came_by": "offer"},
        "swap": {**BALL, "came_by": "swap"},
        "long": {**LONG_BALL, "came_by": "offer"},
    },
    "place_claimed": {"plain": {**BALL, "came_by": "claim"}, "long": {**LONG_BALL, "came_by": "claim"}},
    "place_lost": {"plain": BALL, "long": LONG_BALL},
    "place_given_up": {"plain": BALL, "long": LONG_BALL},
    "club_moved": {
        "one-day": {**BALL, "weekdays": [3], "starts": "17:30", "ends": "18:30"},
        "long": {**LONG_BALL, "weekdays": [1, 3, 5], "starts": "17:30", "ends": "18:30"},
    },
    "place_offered": {
        "plain": {**BALL, "expires_at": "2026-11-25T12:00:00+00:00"},
        "long": {**LONG_BALL, "expires_at": "2026-12-31T12:00:00+00:00"},
    },
    "offer_lapsed": {"plain": BALL, "long": LONG_BALL},
    "day_closed": {
        "plain": {**SCHOOL, "day": "2026-11-24"},
        "snow": {**SCHOOL, "day": "2026-11-24", "reason": "大雪停课"},
        "long": {**LONG_SCHOOL, "day": "2026-12-31", "reason": "学校供暖管道抢修，教学楼全天停水停电" * 3},
    },
    "care_group_opened": {
        "plain": {**SCHOOL, **GROUP, "offerings": ["基本托管（一年级4组）"]},
        "long": {
            **LONG_SCHOOL,
            **GROUP,
            "grades": [1, 2, 3, 4, 5, 6],
            "children": 40,
            "weekdays": [1, 2, 3, 4, 5],
            "offerings": ["基本托管和作业辅导延时班（西校区一年级12组）"],
        },
    },
    "day_changed": {
        "reason": {**SCHOOL, "day": "2026-11-28", "runs_as": 2, "reason": "补周二的课"},
        "plain": {**SCHOOL, "day": "2026-11-28", "runs_as": 2},
        "long": {**LONG_SCHOOL, "day": "2026-12-31", "runs_as": 7},
    },
    "agreement_due": {"plain": {**PLAIN, "number": 2}, "long": {**LONG, "number": 12}},
    "collector_changed": {
        "named": {**PLAIN, "change": "named", "collector": "王大山", "relation": "爷爷"},
        "ended": {**PLAIN, "change": "ended", "collector": "王大山", "relation": "爷爷"},
        "ended-and-forgotten": {**PLAIN, "change": "ended"},
        "long": {**LONG, "change": "named"},
    },
    "menu_published": {
        "first": {**SCHOOL, "number": 1},
        "again": {**SCHOOL, "number": 2},
        "long": {**LONG_SCHOOL, "number": 2},
    },
    "request_carried_out": {"plain": PLAIN, "long": LONG},
}
CASES = [(kind, case) for kind, cases in FACTS.items() for case in cases]


def rendered(book: TemplateBook, kind: str, facts: dict[str, Any]) -> dict[str, Any]:
    words = KINDS[kind].say(facts)
    sample: dict[str, Any] = {"title": words.title, "body": words.body}
    if card := book.cards.get(kind):
        sample["card"] = {"title": card.title, **card.values(words)}
    if template := book.sms.get(kind):
        text = template.text
        for name, value in template.values(words).items():
            text = text.replace(f"${{{name}}}", value)
        sample["sms"] = text
    return sample


def test_every_kind_has_its_samples() -> None:
    assert set(FACTS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_words_are_those_that_were_reviewed(book: TemplateBook, kind: str) -> None:
    said = {case: rendered(book, kind, facts) for case, facts in FACTS[kind].items()}
    path = SAMPLES / f"{kind}.json"
    if os.environ.get("KEHOU_REWRITE_SAMPLES"):
        path.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert said == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("kind", "case"), [(kind, case) for kind, case in CASES if not KINDS[kind].feed_only]
)
def test_wechat_would_take_every_card(book: TemplateBook, kind: str, case: str) -> None:
    card = book.cards[kind]
    values = card.values(KINDS[kind].say(FACTS[kind][case]))
    assert fault_in({key: {"value": value} for key, value in values.items()}, card.fields) is None


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_an_sms_is_short_and_a_routine_kind_has_none(book: TemplateBook, kind: str, case: str) -> None:
    sample = rendered(book, kind, FACTS[kind][case])
    assert ("sms" in sample) is KINDS[kind].safety
    # Two parts at most with the sign: 67 characters each (wechat.md 5.1).
    assert len("【课后服务】" + sample.get("sms", "")) <= 134


@pytest.mark.parametrize(
    ("text", "longest", "said"),
    [
        ("由王大山（爷爷）接走", 20, "由王大山（爷爷）接走"),
        ("由阿卜杜拉·阿卜杜热合曼（外祖父）接走", 18, "由阿卜杜拉·阿卜杜热合曼接走"),
        ("到现场照看孩子，并联系家长，同时通知值班领导", 20, "到现场照看孩子，并联系家长"),
        ("一二三四五六七八九十", 5, "一二三四…"),
        ("两行\n文字\t和制表", 20, "两行 文字 和制表"),
        ("", 20, "—"),
        ("  ", 20, "—"),
    ],
)
def test_a_text_is_cut_where_it_hurts_least(text: str, longest: int, said: str) -> None:
    assert shorten(text, longest) == said


def test_each_field_has_its_own_limit() -> None:
    assert len(fit_card_value("thing1", "长" * 50)) == 20
    assert len(fit_card_value("name2", "长" * 50)) == 10
    assert fit_card_value("time3", "2026年11月23日 16:35") == "2026年11月23日 16:35"
    assert len(fit_sms_value("长" * 50)) == 35
    assert "://" not in fit_sms_value("见 https://example")

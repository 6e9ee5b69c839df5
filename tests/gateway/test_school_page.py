"""A school's public page (R02): the week by grade, unusual days, the rounds; and how a school is found."""

import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from services.gateway.public.render_page import render_page
from services.gateway.public.rules.find_schools import by_county, find_schools
from services.gateway.public.rules.in_words import local_moment, stretch
from services.gateway.public.rules.unusual_days import open_workdays, uncertain_years, unusual_days
from services.gateway.public.rules.week_plan import alike, week_by_grade
from services.gateway.public.school_page import OF_ONE_GROUP
from services.gateway.public.shapes import CalendarDay, PublishedOffering
from services.kernel.ids import new_id
from tests.gateway.test_pages import offering
from tests.gateway.town import Town

TUESDAY = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ROUND = text("""
    INSERT INTO round (school_id, round_id, term_id, kind, title, visible_from, opens_at, closes_at, results_at,
                       most_clubs, most_wishes, announced_at, announced_by, seed_hash, cancelled_at, cancel_reason)
    SELECT school_id, :round, term_id, 'preference', :title, :from, :from, :until, :until, 2, 5, :from, :round,
           :seed, :cancelled, :why
      FROM term WHERE school_id = :school AND starts_on <= '2026-11-23' AND ends_on >= '2026-11-23'
""")


def day(on: str, runs_as: int | None, kind: str = "workday", **told: Any) -> CalendarDay:
    return CalendarDay(on=date.fromisoformat(on), runs_as=runs_as, kind=kind, **told)


@pytest.fixture(scope="module")
async def rounds(town: Town) -> str:
    """The page of S001 with a round that is running and one that was called off."""
    school = town.schools["S001"]
    plain = {"school": school, "from": TUESDAY - timedelta(days=3), "until": TUESDAY + timedelta(days=3)}
    async with town.enrollment_db.transaction([school]) as tx:
        running = {"round": new_id(), "title": "社团选课", "seed": "ab" * 32, "cancelled": None, "why": None}
        off = {"round": new_id(), "title": "作废的一轮", "seed": None, "cancelled": TUESDAY, "why": "停电"}
        for told in (running, off):
            await tx.execute(ROUND, {**plain, **told})
    return f"{town.url}/schools/S001"


async def test_rounds_stand_on_the_page_with_times_and_the_hash_of_the_seed(town: Town, rounds: str) -> None:
    page = await town.http.get(rounds)
    assert page.status_code == 200
    assert "社团选课" in page.text
    assert "ab" * 32 in page.text
    assert "抽签规则（kehou-draw-1）" in page.text
    assert "2026年11月27日（周五）20:00" in page.text
    assert "作废的一轮" in page.text
    assert "停电" in page.text


async def test_the_page_leads_to_the_data_behind_it(town: Town, rounds: str) -> None:
    page = await town.http.get(rounds)
    for link in re.findall(r'href="(/api/v1/public/[^"]+)"', page.text):
        assert (await town.http.get(town.url + link)).status_code in {200, 404, 409}, link
    data = await town.http.get(f"{town.url}/api/v1/public/schools/{town.schools['S001']}/rounds")
    assert [one["title"] for one in data.json()["rounds"]] == ["社团选课", "作废的一轮"]


async def test_the_term_and_its_days_stand_on_the_page(town: Town, rounds: str) -> None:
    page = await town.http.get(rounds)
    assert "除下列日期外，按每周安排开展。" in page.text


async def test_the_page_can_be_read_without_script_by_eye_and_by_ear(town: Town, rounds: str) -> None:
    page = await town.http.get(rounds)
    assert "<script" not in page.text
    assert 'lang="zh-CN"' in page.text
    assert page.text.count("<h1>") == page.text.count('<main id="main">') == 1
    assert not re.findall(r"<th(?![^>]* scope=)[ >]", page.text), (
        "each header cell says of what it is the header"
    )
    for target in re.findall(r'href="#([^"]+)"', page.text):
        assert f'id="{target}"' in page.text


@pytest.mark.parametrize("wanted", ["S002 小学", "s002", "潞州 S002"])
async def test_a_school_is_found_by_name_county_or_code(town: Town, wanted: str) -> None:
    page = await town.http.get(f"{town.url}/schools", params={"q": wanted})
    assert re.findall(r'href="/schools/(S\d+)"', page.text) == ["S002"]
    assert "form-action 'self'" in page.headers["content-security-policy"]


async def test_what_was_typed_comes_back_as_text(town: Town) -> None:
    page = await town.http.get(f"{town.url}/schools", params={"q": '"><script>'})
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "没有找到" in page.text


def test_schools_stand_by_county_and_nothing_typed_finds_all() -> None:
    some = [
        SimpleNamespace(code=f"S{n}", name="小学", county=county)
        for n, county in enumerate(["甲县", "乙区", "甲县"])
    ]
    assert find_schools(some, "  ") == some
    assert [(county, len(these)) for county, these in by_county(find_schools(some, "小学"))] == [
        ("甲县", 2),
        ("乙区", 1),
    ]


def test_the_week_of_each_grade_is_seen_at_a_glance() -> None:
    some = [
        PublishedOffering(**offering(grades=[1, 2], weekdays=[1, 3], starts="16:30:00", ends="17:30:00")),
        PublishedOffering(**offering(grades=[2], weekdays=[3], starts="17:30:00", ends="18:30:00")),
    ]
    days, week = week_by_grade(some)
    assert days == [1, 3]
    assert week == [(1, ["16:30–17:30", "16:30–17:30"]), (2, ["16:30–17:30", "16:30–18:30"])]


def test_groups_of_one_kind_are_one_entry_with_their_teachers_and_rooms() -> None:
    some = [PublishedOffering(**offering(teacher=name, room=name)) for name in ("甲", "乙")]
    other = PublishedOffering(**offering(starts="16:30:00"))
    assert alike([*some, other], but=OF_ONE_GROUP) == [some, [other]]


def test_only_days_that_are_otherwise_are_told() -> None:
    days = [
        day("2026-09-26", None, "weekend"),
        day("2026-10-01", None, "holiday", why="国庆节"),
        day("2026-10-02", None, "holiday", why="国庆节"),
        day("2026-10-10", 5, certain=False, why="国庆节调休"),
        day("2026-11-23", 1),
        day("2026-12-02", None, why="大雪"),
        day("2026-12-05", None, "weekend", why="大雪"),
        day("2027-01-04", 1, certain=False),
    ]
    told = [(stretch(one.first, one.last), one.said) for one in unusual_days(days)]
    assert told == [
        ("2026年10月1日（周四）至10月2日（周五）", "不开展服务（国庆节）"),
        ("2026年10月10日（周六）", "照常开展，按周五的安排（国庆节调休）"),
        ("2026年12月2日（周三）", "不开展服务（大雪）"),
        ("2026年12月5日（周六）", "不开展服务（大雪）"),
    ]
    assert open_workdays(days) == 3
    assert uncertain_years(days) == [2027]


def test_an_instant_is_said_by_the_schools_clock() -> None:
    assert local_moment(datetime(2026, 9, 1, 12, 0, tzinfo=UTC)) == "2026年9月1日（周二）20:00"
    assert local_moment(datetime(2026, 9, 1, 15, 59, 59, tzinfo=UTC)) == "2026年9月1日（周二）23:59:59"


def test_a_page_without_schools_is_a_page_too() -> None:
    page = render_page("schools.html", counties=[], count=0, q="")
    assert "共 0 所学校" in bytes(page.body).decode()

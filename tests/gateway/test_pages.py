"""Plain pages: natural Chinese, nothing foreign, nothing kept, nobody's name without need."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from services.gateway.public.render_page import render_page
from services.gateway.public.rules.in_words import grades, weekdays
from services.gateway.public.rules.week_plan import by_kind, fees, service_hours
from services.gateway.public.shapes import PublishedOffering
from services.kernel.ids import new_id
from tests.gateway.conftest import living_door
from tests.gateway.keys import Keys
from tests.gateway.living_server import dead_address
from tests.gateway.test_papers import FOREIGN
from tests.gateway.town import Town

NASTY = "<script>alert(1)</script>"


def offering(**told: Any) -> dict[str, Any]:
    plain = {
        "title": "合唱",
        "kind_label": "社团",
        "basic": False,
        "weekdays": [1, 3],
        "starts": "17:30:00",
        "ends": "18:30:00",
        "grades": [3, 4, 5],
        "capacity": 30,
        "content": "",
        "fee_fen": 0,
        "teacher": "周老师",
        "room": "音乐室",
    }
    return plain | told


@pytest.fixture(scope="module")
async def published(town: Town) -> str:
    """The page of S002, with a published menu, safety measures and a contact."""
    school_id = town.schools["S002"]
    care = offering(
        title="托管",
        kind_label="托管",
        basic=True,
        weekdays=[1, 2, 3, 4, 5],
        starts="16:30:00",
        content=NASTY,
    )
    async with town.enrollment_db.transaction([school_id]) as tx:
        term = await tx.scalar(
            text(
                "SELECT term_id FROM term WHERE school_id = :id AND starts_on <= :on AND ends_on >= :on"
            ).bindparams(id=school_id, on=datetime(2026, 11, 23, tzinfo=UTC).date())
        )
        await tx.execute(
            text(
                "INSERT INTO menu_publication (school_id, term_id, number, published_at, published_by,"
                " policy_id, menu, findings) VALUES (:school, :term, 3, now(), :by, 'p',"
                " CAST(:menu AS jsonb), '[]')"
            ),
            {
                "school": school_id,
                "term": term,
                "by": new_id(),
                "menu": json.dumps([offering(), care]),
            },
        )
        await tx.execute(
            text(
                "UPDATE school SET safety_measures = :safety, complaint_contact = '0355-1234567' WHERE school_id = :id"
            ),
            {"id": school_id, "safety": "放学时凭接送码交接。\n每层有老师值守。"},
        )
    return f"{town.url}/schools/S002"


async def test_a_school_shows_what_the_policy_asks_without_log_in(town: Town, published: str) -> None:
    page = await town.http.get(published)
    assert page.status_code == 200
    for shown in (
        "周一至周五 16:30–18:30",
        "合唱",
        "周老师",
        "音乐室",
        "放学时凭接送码交接。",
        "0355-1234567",
    ):
        assert shown in page.text, shown
    assert "不收费（0 元）。" in page.text
    assert "第 3 版" in page.text


async def test_what_a_school_typed_is_text_not_markup(town: Town, published: str) -> None:
    page = await town.http.get(published)
    assert NASTY not in page.text
    assert "&lt;script&gt;" in page.text


async def test_a_school_without_a_menu_says_so(town: Town) -> None:
    page = await town.http.get(f"{town.url}/schools/S001")
    assert page.status_code == 200
    assert "本学期的菜单还没有公布。" in page.text


async def test_an_unknown_school_is_a_page_too(town: Town) -> None:
    page = await town.http.get(f"{town.url}/schools/S999")
    assert page.status_code == 404
    assert "没有代码为“S999”的学校" in page.text
    assert page.headers["content-type"].startswith("text/html")


async def test_the_first_page_says_where_to_look(town: Town) -> None:
    page = await town.http.get(f"{town.url}/")
    for link in ("/schools/S001", "/boards/duty", "/api/v1/docs", "/api/v1/openapi.json"):
        assert f'href="{link}"' in page.text


async def test_with_nobody_behind_it_the_first_page_still_stands(keys: Keys) -> None:
    async with living_door(keys, enrollment_url=dead_address()) as door:
        first, school = [await door.ask(path, headers={}) for path in ("/", "/schools/S001")]
    assert (first.status_code, school.status_code) == (200, 503)
    assert "暂时连接不上学校名录" in first.text
    assert "暂时打不开" in school.text


@pytest.mark.parametrize("path", ["/", "/schools/S001", "/boards/duty", "/api/v1/docs"])
async def test_a_page_lets_nothing_foreign_in(town: Town, path: str) -> None:
    page = await town.http.get(town.url + path)
    assert FOREIGN.findall(page.text) == []
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    for script in re.findall(r"<script[^>]*>", page.text):
        nonce = re.search(r'nonce="([^"]+)"', script)
        assert nonce is not None
        assert f"'nonce-{nonce[1]}'" in policy


async def test_the_style_sheet_is_ours(town: Town) -> None:
    sheet = await town.http.get(f"{town.url}/assets/pages.css")
    assert sheet.headers["content-type"].startswith("text/css")
    assert FOREIGN.findall(sheet.text) == []
    assert "@import" not in sheet.text


def test_each_page_has_a_nonce_of_its_own() -> None:
    pages = [render_page("notice.html", title="t", sentence="s") for _ in range(2)]
    assert pages[0].headers["content-security-policy"] != pages[1].headers["content-security-policy"]


def test_days_and_grades_are_said_as_a_school_says_them() -> None:
    assert weekdays([1, 2, 3, 4, 5]) == "周一至周五"
    assert weekdays([1, 3]) == "周一、周三"
    assert weekdays([6, 7]) == "周六、周日"
    assert grades([1]) == "一年级"
    assert grades([1, 2]) == "一、二年级"
    assert grades([1, 2, 3, 4]) == "一至四年级"


def test_hours_span_everything_that_is_offered_on_a_day() -> None:
    early, late, saturday = (
        PublishedOffering(**offering(**told))
        for told in (
            {"weekdays": [1, 2, 3], "starts": "16:30:00", "ends": "17:30:00", "fee_fen": 1250},
            {"weekdays": [2]},
            {"weekdays": [6], "starts": "09:00:00", "ends": "11:00:00", "basic": True},
        )
    )
    assert service_hours([early, late, saturday]) == [
        "周一、周三 16:30–17:30",
        "周二 16:30–18:30",
        "周六 09:00–11:00",
    ]
    assert fees([early, late]).startswith("部分项目收费，最高 12.5 元")
    assert next(iter(by_kind([early, saturday])))[1] == [saturday, early]

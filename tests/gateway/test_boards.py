"""The duty board: a ticket once, a cookie for a while, and nothing on the wall that need not be there."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from starlette.types import Receive, Scope, Send

from services.attendance.boards.shapes import DutyBoardOut
from services.gateway.boards.rules.duty_lines import duty_lines, no_day, shortened
from services.kernel.ids import new_id
from services.kernel.tokens import INTERNAL, Identity, load_verifier
from tests.gateway.living_server import dead_address, living_server
from tests.gateway.town import Town
from tests.gateway.upstream import start

BOARD: dict[str, Any] = {
    "school_id": str(new_id()),
    "service_on": "2026-11-23",
    "now": "2026-11-23T10:05:00+00:00",
    "state": "open",
    "counts": {"expected": 940, "in_care": 37, "awaited": 2, "in_transit": 0, "released": 901},
    "rooms": [
        {
            **dict.fromkeys(("room_id", "adult_id", "session_id", "starts_at", "ends_at")),
            "room": "一年级1班教室",
            "adult": "王老师",
            "session": "托管一组",
            "expected": 36,
            "not_coming": 1,
            "present": 20,
            "setting_out": 3,
        }
    ],
    "open_hand_overs": [
        {
            "hand_over_id": str(new_id()),
            "giver_id": str(new_id()),
            "giver": "王老师",
            "taker_id": None,
            "taker": None,
            "session": "合唱",
            "offered": 20,
            "accepted": 18,
            "taken_back": 0,
            "offered_at": "2026-11-23T09:30:00+00:00",
            "minutes": 35,
        }
    ],
    "missing": [
        {
            "case_id": str(new_id()),
            "child_id": str(new_id()),
            "child": "李小明",
            "grade": 3,
            "class_name": "2班",
            "session": "篮球",
            "last_adult": "周老师",
            "raised_at": "2026-11-23T08:40:00+00:00",
            "told_at": None,
        }
    ],
    "late": [
        {
            "case_id": str(new_id()),
            "child_id": str(new_id()),
            "child": "欧阳若兰",
            "grade": 1,
            "class_name": "1班",
            "late_since": "2026-11-23T10:00:00+00:00",
            "minutes_late": 5,
            "paused_until": "2026-11-23T10:20:00+00:00",
            "next_step_at": None,
            "steps_climbed": 1,
            "adult": "值班老师",
            "room": "传达室",
        }
    ],
    "recent": [
        {
            "entry_id": str(new_id()),
            "child_id": str(new_id()),
            "child": "张伟",
            "kind": "released",
            "method": "pass",
            "occurred_at": "2026-11-23T10:04:00+00:00",
            "adult_before": "王老师",
            "adult_after": None,
            "room": None,
            "relation": "奶奶",
        }
    ],
}


@dataclass
class Attendance:
    """Answers with the board above, and remembers who asked; it can be told to refuse."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    refusal: dict[str, Any] | None = None

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        token = dict(scope["headers"])[b"authorization"].decode().removeprefix("Bearer ")
        self.asked.append((token, scope["query_string"].decode()))
        status, told = (404, self.refusal) if self.refusal else (200, BOARD)
        await start(send, status, [(b"content-type", b"application/json")])
        await send({"type": "http.response.body", "body": json.dumps(told).encode()})


@dataclass
class Wall:
    """A door with that attendance behind it, and a leader's phone."""

    town: Town
    attendance: Attendance
    staff_id: UUID
    phone: str
    token: str

    async def ticket(self, token: str = "", **asked: Any) -> httpx.Response:
        return await self.town.ask("POST", "board-tickets", token or self.token, json=asked)

    @asynccontextmanager
    async def screen(self, **asked: Any) -> AsyncIterator[httpx.AsyncClient]:
        """Open a screen: a browser with the session's cookie."""
        path = (await self.ticket(**asked)).json()["path"]
        async with httpx.AsyncClient(base_url=self.town.url, follow_redirects=True) as browser:
            page = await browser.get(path)
            assert page.status_code == 200, page.text
            assert str(page.url).endswith("/boards/duty")
            yield browser

    async def age(self, column: str, interval: str) -> None:
        async with self.town.gateway_db.transaction() as tx:
            await tx.execute(text(f"UPDATE board_ticket SET {column} = now() - interval '{interval}'"))  # noqa: S608


@pytest.fixture
async def wall(town: Town) -> AsyncIterator[Wall]:
    attendance = Attendance()
    phone = town.fresh_phone()
    staff_id = await town.add_staff("S001", phone, "duty_leader")
    token = (await town.refresh(await town.move_in(phone))).json()["access_token"]
    async with (
        living_server(attendance) as address,
        town.another_door(attendance_url=address) as door,
    ):
        yield Wall(door, attendance, staff_id, phone, token)


async def test_a_ticket_opens_one_screen_once(wall: Wall) -> None:
    path = (await wall.ticket()).json()["path"]
    first, second = [await wall.town.http.get(wall.town.url + path) for _ in range(2)]
    assert first.status_code == 303
    cookie = first.headers["set-cookie"].lower()
    for word in ("httponly", "samesite=lax", "path=/boards", "max-age=21600"):
        assert word in cookie
    assert second.status_code == 401
    assert "已经用过" in second.text


async def test_a_ticket_lives_a_minute(wall: Wall) -> None:
    path = (await wall.ticket()).json()["path"]
    await wall.age("ends_at", "1 second")
    assert (await wall.town.http.get(wall.town.url + path)).status_code == 401


async def test_only_staff_of_the_school_get_a_ticket(wall: Wall) -> None:
    guardian = Identity(account_id=new_id(), persona="guardian", people={new_id(): new_id()})
    assert (await wall.ticket(wall.town.keys.token(guardian))).status_code == 403
    other = str(wall.town.schools["S002"])
    assert (await wall.ticket(school_id=other)).status_code == 404
    assert (await wall.town.http.post(f"{wall.town.url}/api/v1/board-tickets", json={})).status_code == 401


async def test_the_screen_sees_what_its_leader_would_see(wall: Wall) -> None:
    async with wall.screen() as screen:
        answer = await screen.get("/boards/duty/figures")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["clock"] == "18:05"
    token, query = wall.attendance.asked[-1]
    who = load_verifier(wall.town.keys.folder).identity(token, audience=INTERNAL)
    assert (who.persona, who.people) == ("duty_leader", {wall.town.schools["S001"]: wall.staff_id})
    assert f"school_id={wall.town.schools['S001']}" in query
    assert "service_on=2026-11-23" in query


async def test_the_page_names_its_school_and_keeps_nothing(wall: Wall) -> None:
    async with wall.screen() as screen:
        page = await screen.get("/boards/duty")
    assert "S001 小学" in page.text
    assert page.headers["cache-control"] == "no-store"


async def test_names_are_shortened_unless_the_leader_asked(wall: Wall) -> None:
    async with wall.screen() as screen:
        shown = (await screen.get("/boards/duty/figures")).text
    assert "李小明" not in shown
    assert "李*明 · 三年级2班" in shown
    async with wall.screen(full_names=True) as screen:
        assert "李小明" in (await screen.get("/boards/duty/figures")).text


async def test_a_screen_goes_dark_when_the_right_ends(wall: Wall) -> None:
    async with wall.screen() as screen:
        await wall.town.remove_staff("S001", wall.staff_id)
        assert (await screen.get("/boards/duty/figures")).status_code == 200
        await wall.age("confirmed_at", "11 minutes")
        dark = await screen.get("/boards/duty/figures")
        assert (dark.status_code, dark.json()["type"]) == (401, "urn:kehou:problem:board-ended")
        assert "重新打开大屏" in (await screen.get("/boards/duty")).text


async def test_a_screen_stays_open_while_the_right_lives(wall: Wall) -> None:
    async with wall.screen() as screen:
        await wall.age("confirmed_at", "11 minutes")
        assert (await screen.get("/boards/duty/figures")).status_code == 200


async def test_a_session_ends_after_hours(wall: Wall) -> None:
    async with wall.screen() as screen:
        await wall.age("ends_at", "1 second")
        assert (await screen.get("/boards/duty/figures")).status_code == 401


async def test_an_invented_cookie_shows_nothing(wall: Wall) -> None:
    answer = await wall.town.http.get(
        f"{wall.town.url}/boards/duty/figures", headers={"Cookie": "kehou_board=invented"}
    )
    assert answer.status_code == 401
    assert wall.attendance.asked == []


async def test_a_day_without_service_is_said_in_words(wall: Wall) -> None:
    wall.attendance.refusal = {"type": "urn:kehou:problem:no-such-day", "title": "", "detail": ""}
    async with wall.screen() as screen:
        assert (await screen.get("/boards/duty/figures")).json()["state"] == "今天还没有课后服务"


async def test_a_silent_attendance_is_a_503_that_the_page_survives(wall: Wall) -> None:
    async with wall.town.another_door(attendance_url=dead_address()) as door:
        cut_off = Wall(door, wall.attendance, wall.staff_id, wall.phone, wall.token)
        async with cut_off.screen() as screen:
            assert (await screen.get("/boards/duty/figures")).status_code == 503


async def test_who_opened_a_board_is_on_record(wall: Wall) -> None:
    async with wall.screen():
        pass
    me = (await wall.town.ask("GET", "me", wall.token)).json()
    assert (await wall.town.audited(me["account_id"]))[-2:] == ["board.ticket-issued", "board.opened"]


def test_the_sample_is_what_attendance_says() -> None:
    DutyBoardOut.model_validate(BOARD)


def test_a_board_says_in_few_words_what_a_leader_must_do() -> None:
    lines = duty_lines(BOARD, full_names=False)
    assert lines["day"] == "11月23日 星期一"
    assert [count["number"] for count in lines["counts"]] == ["940", "37", "2", "0", "901"]
    assert lines["missing"][0]["mark"] == "还没有通知家长"
    assert lines["late"][0] == {
        "who": "欧**兰 · 一年级1班",
        "what": "晚接 5 分钟，在传达室，值班老师",
        "mark": "家长说 18:20 前到",
        "sort": "calm",
    }
    assert lines["hand_overs"][0]["mark"] == "还有 2 人未确认"
    assert lines["rooms"][0]["mark"] == "20 / 35，3 人途中"
    assert lines["recent"][0]["what"] == "离校（奶奶）"


def test_a_room_without_a_teacher_is_the_worst_of_all() -> None:
    board = deepcopy(BOARD)
    board["rooms"][0]["adult"] = None
    assert duty_lines(board, full_names=False)["rooms"][0]["sort"] == "bad"


def test_a_child_cannot_be_told_from_its_shortened_name() -> None:
    assert [shortened(name) for name in ("李明", "李小明", "欧阳若兰", "李")] == [
        "李*",
        "李*明",
        "欧**兰",
        "李*",
    ]


def test_an_empty_day_has_the_same_parts() -> None:
    assert no_day(datetime(2026, 11, 22, tzinfo=UTC)).keys() == duty_lines(BOARD, full_names=True).keys()

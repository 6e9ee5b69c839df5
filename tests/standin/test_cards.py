"""Subscribe messages: what the stand-in refuses, and what our client makes of it (wechat.md 3.1)."""

import asyncio
from typing import Any

import pytest

from services.clients.wechat.errors import (
    AnswerLost,
    BadContent,
    BadOpenid,
    Banned,
    ConfigFault,
    DailyLimit,
    NotReached,
    Refused43101,
    SensitiveWord,
    TokenRefused,
    TryAgain,
    UserBusy,
    WechatFault,
)
from services.clients.wechat.mini_program import Card, MiniProgram
from services.kernel.remote import open_http
from services.standin.field_limits import fault_in
from tests.living_standin import LivingStandIn

VALUES = {"thing1": "王小明", "time2": "16:32", "thing3": "已到课后服务", "thing4": "请放心，老师照看中"}


@pytest.fixture
async def openid(standin: LivingStandIn) -> str:
    return await standin.person()


@pytest.fixture
def card(standin: LivingStandIn, openid: str) -> Card:
    return Card(openid=openid, template_id=next(iter(standin.world.account.cards)), values=VALUES)


async def test_one_accept_is_one_card(standin: LivingStandIn, wechat: MiniProgram, card: Card) -> None:
    await standin.accepts(card.openid, card.template_id)
    msgid = await wechat.send_subscribe_message(card)
    assert int(msgid) > 2**53
    with pytest.raises(Refused43101):
        await wechat.send_subscribe_message(card)
    (seen,) = await standin.received(openid=card.openid)
    assert seen["provider_id"] == msgid
    assert seen["lines"] == [
        ["学生姓名", "王小明"],
        ["时间", "16:32"],
        ["事项", "已到课后服务"],
        ["备注", "请放心，老师照看中"],
    ]
    figures = await standin.control("GET", "figures")
    assert figures["totals"] == {"wechat_delivered": 1, "wechat_refused": 1}


async def test_whoever_never_accepted_is_never_reached(wechat: MiniProgram, card: Card) -> None:
    with pytest.raises(Refused43101):
        await wechat.send_subscribe_message(card)


async def test_turning_a_template_off_takes_what_was_left(
    standin: LivingStandIn, wechat: MiniProgram, card: Card
) -> None:
    await standin.accepts(card.openid, card.template_id, 5)
    await standin.accepts(card.openid, card.template_id, 0)
    with pytest.raises(Refused43101):
        await wechat.send_subscribe_message(card)


async def test_two_at_once_to_one_user_meet_and_ten_to_ten_do_not(
    standin: LivingStandIn, wechat: MiniProgram, card: Card
) -> None:
    await standin.control("PUT", "pace", answer_ms=60)
    others = [await standin.person(f"139000000{n:02d}") for n in range(10)]
    for openid in [card.openid, *others]:
        await standin.accepts(openid, card.template_id, 2)
    told = await asyncio.gather(
        *(wechat.send_subscribe_message(card) for _ in range(2)), return_exceptions=True
    )
    assert [isinstance(answer, UserBusy) for answer in told].count(True) == 1
    cards = [card.model_copy(update={"openid": openid}) for openid in others]
    assert all(await asyncio.gather(*(wechat.send_subscribe_message(one) for one in cards)))


async def test_an_unknown_user_template_or_page_is_named(
    standin: LivingStandIn, wechat: MiniProgram, card: Card
) -> None:
    await standin.accepts(card.openid, card.template_id)
    changes: list[tuple[dict[str, Any], type[WechatFault], int]] = [
        ({"openid": "o-nobody"}, BadOpenid, 40003),
        ({"template_id": "none"}, ConfigFault, 40037),
        ({"page": "pages/secret/index"}, ConfigFault, 41030),
        ({"values": {**VALUES, "thing1": ""}}, BadContent, 47003),
    ]
    for change, fault, code in changes:
        with pytest.raises(fault) as caught:
            await wechat.send_subscribe_message(card.model_copy(update=change))
        assert caught.value.errcode == code
    assert "data.thing1.value is empty" in caught.value.errmsg


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (-1, TryAgain),
        (40001, TokenRefused),
        (45011, TryAgain),
        (45009, DailyLimit),
        (43107, Banned),
        (43116, Banned),
        (43108, UserBusy),
        (45168, SensitiveWord),
        (48001, ConfigFault),
        (50002, Banned),
        (99999, ConfigFault),
    ],
)
async def test_each_answer_has_its_class(
    standin: LivingStandIn, wechat: MiniProgram, card: Card, code: int, fault: type[Exception]
) -> None:
    await standin.fault("send", "code", code=code, times=2)
    with pytest.raises(fault):
        await wechat.send_subscribe_message(card)


async def test_a_lost_reply_is_no_refusal_the_card_arrived(
    standin: LivingStandIn, wechat: MiniProgram, card: Card
) -> None:
    await standin.accepts(card.openid, card.template_id)
    await standin.fault("send", "lost_reply")
    with pytest.raises(AnswerLost) as caught:
        await wechat.send_subscribe_message(card)
    assert len(await standin.received(openid=card.openid)) == 1
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("kind", ["reset", "status"])
async def test_a_broken_answer_leaves_a_doubt(
    standin: LivingStandIn, wechat: MiniProgram, card: Card, kind: str
) -> None:
    await standin.accepts(card.openid, card.template_id)
    await wechat.token.get()
    await standin.fault("send", kind)
    with pytest.raises(AnswerLost):
        await wechat.send_subscribe_message(card)
    assert await standin.received(openid=card.openid) == []


async def test_a_closed_door_leaves_no_doubt(card: Card) -> None:
    async with open_http() as http:
        nobody = MiniProgram(http, "http://127.0.0.1:9", appid="a", secret="b")
        with pytest.raises(NotReached):
            await nobody.send_subscribe_message(card)


async def test_escaped_chinese_is_refused_as_wechat_does(standin: LivingStandIn, wechat: MiniProgram) -> None:
    token = await wechat.token.get()
    answer = await standin.http.post(
        f"{standin.url}/cgi-bin/message/subscribe/send?access_token={token}",
        content=b'{"touser":"\\u738b"}',
    )
    assert answer.json()["errcode"] == 40033


@pytest.mark.parametrize(
    ("key", "value", "fits"),
    [
        ("thing1", "一" * 20, True),
        ("thing1", "一" * 21, False),
        ("thing1", "两行\n文字", False),
        ("time2", "16:32", True),
        ("time2", "2026年11月23日 16:32", True),
        ("time2", "16:32~18:05", True),
        ("time2", "下午四点", False),
        ("date3", "2026-11-23", True),
        ("date3", "11月23日 16:32", True),
        ("date3", "昨天", False),
        ("phrase4", "已签到", True),
        ("phrase4", "已经签到了吗", False),
        ("phrase4", "ok", False),
        ("name5", "欧阳小小小小小小小小", True),
        ("name5", "欧阳小小小小小小小小小", False),
        ("name5", "a" * 20, True),
        ("character_string6", "A-102", True),
        ("character_string6", "一班", False),
        ("number7", "12.5", True),
        ("number7", "十二", False),
        ("amount8", "¥20.00", True),
        ("phone_number9", "+86-355-1234567", True),
        ("car_number10", "晋D12345挂", True),
    ],
)
def test_each_kind_of_field_has_its_limit(key: str, value: str, fits: bool) -> None:  # noqa: FBT001
    fault = fault_in({key: {"value": value}}, {key: "一项"})
    assert fault == (None if fits else f"argument invalid! data.{key}.value invalid")

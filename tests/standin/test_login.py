"""Login and phone codes, by our client against the stand-in (wechat.md 1)."""

import hashlib
import hmac

import httpx
import pytest
import time_machine

from services.clients.wechat.errors import CodeInvalid, CodeUsed, ConfigFault, RateLimited, UserBlocked
from services.clients.wechat.mini_program import MiniProgram
from tests.living_standin import ACCOUNT, LivingStandIn


async def test_a_login_code_gives_the_openid_of_whoever_tapped(
    standin: LivingStandIn, wechat: MiniProgram
) -> None:
    openid = await standin.person()
    session = await wechat.code2session(await standin.login_code(openid))
    assert session.openid == openid
    assert "session_key" not in repr(session)


async def test_a_code_is_good_once(standin: LivingStandIn, wechat: MiniProgram) -> None:
    code = await standin.login_code(await standin.person())
    await wechat.code2session(code)
    with pytest.raises(CodeUsed):
        await wechat.code2session(code)


async def test_a_code_is_good_for_five_minutes(standin: LivingStandIn, wechat: MiniProgram) -> None:
    with time_machine.travel("2026-11-23T08:00:00Z", tick=False) as clock:
        code = await standin.login_code(await standin.person())
        clock.shift(301)
        with pytest.raises(CodeInvalid):
            await wechat.code2session(code)


async def test_login_code_and_phone_code_are_no_exchange_for_each_other(
    standin: LivingStandIn, wechat: MiniProgram
) -> None:
    openid = await standin.person()
    with pytest.raises(CodeInvalid):
        await wechat.code2session(await standin.phone_code(openid))
    with pytest.raises(CodeInvalid):
        await wechat.phone_number(await standin.login_code(openid))


async def test_a_phone_code_gives_the_number(standin: LivingStandIn, wechat: MiniProgram) -> None:
    openid = await standin.person("13912345678")
    phone = await wechat.phone_number(await standin.phone_code(openid))
    assert (phone.number, phone.country) == ("13912345678", "86")
    assert "13912345678" not in repr(phone)


async def test_the_same_phone_is_the_same_openid_even_after_a_restart(standin: LivingStandIn) -> None:
    first = await standin.person("13912345678")
    standin.world.people._by_openid.clear()
    standin.world.people._by_phone.clear()
    assert await standin.person("13912345678") == first


@pytest.mark.parametrize(
    ("code", "fault"),
    [(40226, UserBlocked), (45011, RateLimited), (40013, ConfigFault), (40125, ConfigFault)],
)
async def test_each_code_has_its_class(
    standin: LivingStandIn, wechat: MiniProgram, code: int, fault: type[Exception]
) -> None:
    await standin.fault("login", "code", code=code)
    with pytest.raises(fault):
        await wechat.code2session(await standin.login_code(await standin.person()))


async def test_a_wrong_secret_is_refused_with_http_200_and_a_rid(standin: LivingStandIn) -> None:
    answer = await standin.http.get(
        f"{standin.url}/sns/jscode2session",
        params={
            "appid": ACCOUNT["wechat_appid"],
            "secret": "guess",
            "js_code": "x",
            "grant_type": "authorization_code",
        },
    )
    assert answer.status_code == httpx.codes.OK
    assert answer.headers["content-type"].startswith("text/plain")
    told = answer.json()
    assert told["errcode"] == 40125
    assert " rid: " in told["errmsg"]


async def test_check_session_knows_only_the_newest_key(standin: LivingStandIn, wechat: MiniProgram) -> None:
    openid = await standin.person()
    session = await wechat.code2session(await standin.login_code(openid))
    token = await wechat.token.get()

    async def checked() -> int:
        answer = await standin.http.get(
            f"{standin.url}/wxa/checksession",
            params={
                "access_token": token,
                "openid": openid,
                "sig_method": "hmac_sha256",
                "signature": hmac.new(session.session_key.encode(), b"", hashlib.sha256).hexdigest(),
            },
        )
        return int(answer.json()["errcode"])

    assert await checked() == 0
    await wechat.code2session(await standin.login_code(openid))
    assert await checked() == 87009

"""Access tokens: one flight for many, compare-and-delete, never forced (wechat.md 2)."""

import asyncio
from collections import Counter

import pytest

from services.clients.wechat.errors import ConfigFault, NotReached, TokenRefused
from services.clients.wechat.mini_program import Card, MiniProgram
from services.standin.access_tokens import AccessTokens
from tests.living_standin import LivingStandIn


def counted(standin: LivingStandIn, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count the calls for a token that reach the stand-in."""
    calls: Counter[str] = Counter()
    issue = standin.world.tokens.stable

    def counting(*, force: bool = False) -> tuple[str, int] | None:
        calls["forced" if force else "asked"] += 1
        return issue(force=force)

    monkeypatch.setattr(standin.world.tokens, "stable", counting)
    return calls


async def test_a_hundred_callers_at_once_make_one_call(
    standin: LivingStandIn, wechat: MiniProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = counted(standin, monkeypatch)
    tokens = await asyncio.gather(*(wechat.token.get() for _ in range(100)))
    assert calls == {"asked": 1}
    assert len(set(tokens)) == 1


async def test_one_caller_giving_up_does_not_take_the_others_token(
    standin: LivingStandIn, wechat: MiniProgram
) -> None:
    await standin.fault("token", "latency", latency_ms=100)
    impatient = asyncio.create_task(wechat.token.get())
    patient = asyncio.create_task(wechat.token.get())
    await asyncio.sleep(0.02)
    impatient.cancel()
    assert await patient


async def test_a_failed_fetch_is_told_to_all_and_the_next_one_asks_again(
    standin: LivingStandIn, wechat: MiniProgram
) -> None:
    await standin.fault("token", "status", status=502)
    told = await asyncio.gather(*(wechat.token.get() for _ in range(10)), return_exceptions=True)
    assert all(isinstance(fault, NotReached) for fault in told)
    assert await wechat.token.get()


async def test_a_token_dead_in_mid_flight_is_replaced_once(
    standin: LivingStandIn, wechat: MiniProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    openid = await standin.person()
    template = next(iter(standin.world.account.cards))
    await standin.accepts(openid, template, 5)
    stale = await wechat.token.get()
    calls = counted(standin, monkeypatch)
    await standin.control("POST", "expired-tokens")
    values = {"thing1": "王小明", "time2": "16:32", "thing3": "已到课后服务", "thing4": "请放心"}
    card = Card(openid=openid, template_id=template, values=values)
    assert await asyncio.gather(*(wechat.templates() for _ in range(20)))
    assert await wechat.send_subscribe_message(card)
    assert calls == {"asked": 1}
    assert await wechat.token.get() != stale


async def test_a_token_refused_twice_is_a_fault_and_no_loop(
    standin: LivingStandIn, wechat: MiniProgram
) -> None:
    await standin.fault("templates", "code", code=40001, times=0)
    with pytest.raises(TokenRefused):
        await wechat.templates()


async def test_dropping_an_old_token_leaves_its_successor_alone(
    standin: LivingStandIn, wechat: MiniProgram
) -> None:
    old = await wechat.token.get()
    wechat.token.drop(old)
    standin.world.tokens.revoke(old)
    new = await wechat.token.get()
    wechat.token.drop(old)
    assert await wechat.token.get() == new != old


@pytest.mark.parametrize("code", [40013, 40125, 40164, 40243, 41004, 89503])
async def test_a_refused_account_is_a_config_fault(
    standin: LivingStandIn, wechat: MiniProgram, code: int
) -> None:
    await standin.fault("token", "code", code=code)
    with pytest.raises(ConfigFault):
        await wechat.token.get()


async def test_the_account_s_templates_are_those_of_the_providers_file(
    standin: LivingStandIn, wechat: MiniProgram
) -> None:
    templates = await wechat.templates()
    assert {template.template_id for template in templates} == set(standin.world.account.cards)
    assert "学生姓名:{{thing1.DATA}}" in templates[0].content


def test_the_stable_token_repeats_with_its_remaining_seconds_and_overlaps_five_minutes() -> None:
    now = 0.0
    tokens = AccessTokens(lambda: now)
    first, seconds = tokens.stable() or ("", 0)
    now = 6000
    assert tokens.stable() == (first, seconds - 6000)
    now = 6900
    second, _ = tokens.stable() or ("", 0)
    assert second != first
    assert tokens.state_of(first) == "good"
    now = 7200
    assert tokens.state_of(first) == "expired"


def test_a_forced_refresh_kills_at_once_but_not_within_thirty_seconds_and_twenty_a_day() -> None:
    now = 0.0
    tokens = AccessTokens(lambda: now)
    first, _ = tokens.stable() or ("", 0)
    second, _ = tokens.stable(force=True) or ("", 0)
    assert tokens.state_of(first) == "invalid"
    assert (tokens.stable(force=True) or ("", 0))[0] == second
    for _ in range(19):
        now += 31
        assert tokens.stable(force=True)
    now += 31
    assert tokens.stable(force=True) is None


def test_a_new_classic_token_leaves_the_old_one_five_minutes() -> None:
    now = 0.0
    tokens = AccessTokens(lambda: now)
    first, _ = tokens.classic()
    tokens.classic()
    assert tokens.state_of(first) == "good"
    now = 301
    assert tokens.state_of(first) == "expired"

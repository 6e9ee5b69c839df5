"""The order of channels, as a table: what was tried, and what comes next."""

import pytest

from services.notifications.delivery.rules.channel_plan import Settle, Tried, TryChannel, next_step
from services.notifications.delivery.rules.outcomes import Channel, Ending, Outcome

WX, SMS = Channel.WECHAT, Channel.SMS
TRY_WX, TRY_SMS = TryChannel(WX), TryChannel(SMS)


def done(ending: Ending, channel: Channel) -> Settle:
    return Settle(ending, channel)


SAFETY = [
    ("", TRY_WX),
    ("wechat accepted", done(Ending.DELIVERED, WX)),
    ("wechat refused", TRY_SMS),
    ("wechat failed", TRY_SMS),
    ("wechat skipped", TRY_SMS),
    ("wechat postponed", TRY_WX),
    ("wechat postponed, wechat postponed", TRY_WX),
    ("wechat postponed, wechat postponed, wechat postponed", TRY_SMS),
    ("wechat doubtful", TRY_WX),
    ("wechat doubtful, wechat accepted", done(Ending.DELIVERED, WX)),
    ("wechat doubtful, wechat doubtful", TRY_SMS),
    ("wechat refused, sms accepted", done(Ending.DELIVERED, SMS)),
    ("wechat refused, sms doubtful", done(Ending.DOUBTFUL, SMS)),
    ("wechat refused, sms postponed", TRY_SMS),
    ("wechat refused, sms refused", done(Ending.FAILED, Channel.INAPP)),
    ("wechat refused, sms failed", done(Ending.FAILED, Channel.INAPP)),
    ("wechat skipped, sms skipped", done(Ending.FAILED, Channel.INAPP)),
    ("wechat doubtful, wechat doubtful, sms refused", done(Ending.DOUBTFUL, WX)),
]
ROUTINE = [
    ("", TRY_WX),
    ("wechat accepted", done(Ending.DELIVERED, WX)),
    ("wechat refused", done(Ending.DELIVERED, Channel.INAPP)),
    ("wechat skipped", done(Ending.DELIVERED, Channel.INAPP)),
    ("wechat failed", done(Ending.DELIVERED, Channel.INAPP)),
    ("wechat postponed", TRY_WX),
    (", ".join(["wechat postponed"] * 8), done(Ending.DELIVERED, Channel.INAPP)),
    ("wechat doubtful", done(Ending.DOUBTFUL, WX)),
    ("wechat postponed, wechat doubtful", done(Ending.DOUBTFUL, WX)),
]
URGENT = [
    ("", TRY_WX),
    ("wechat accepted", TRY_SMS),
    ("wechat refused", TRY_SMS),
    ("wechat accepted, sms accepted", done(Ending.DELIVERED, WX)),
    ("wechat refused, sms accepted", done(Ending.DELIVERED, SMS)),
    ("wechat accepted, sms refused", done(Ending.DELIVERED, WX)),
    ("wechat refused, sms refused", done(Ending.FAILED, Channel.INAPP)),
    ("wechat doubtful, wechat accepted, sms doubtful", done(Ending.DELIVERED, WX)),
]


def read(tried: str) -> list[Tried]:
    pairs = [one.split() for one in tried.split(", ") if one]
    return [Tried(Channel(channel), Outcome(outcome)) for channel, outcome in pairs]


@pytest.mark.parametrize(("tried", "step"), SAFETY)
def test_a_safety_message_falls_through_to_sms(tried: str, step: TryChannel | Settle) -> None:
    assert next_step(read(tried), safety=True, urgent=False) == step


@pytest.mark.parametrize(("tried", "step"), ROUTINE)
def test_a_routine_message_costs_no_sms_and_goes_at_most_once(tried: str, step: TryChannel | Settle) -> None:
    assert next_step(read(tried), safety=False, urgent=False) == step


@pytest.mark.parametrize(("tried", "step"), URGENT)
def test_an_urgent_message_goes_both_ways(tried: str, step: TryChannel | Settle) -> None:
    assert next_step(read(tried), safety=True, urgent=True) == step

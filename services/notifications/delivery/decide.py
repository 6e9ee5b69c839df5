"""What to do with one message now: open a channel, wait, or settle it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from services.kernel.jobs import backoff
from services.notifications.delivery.rules.channel_plan import Settle, Tried, TryChannel, next_step
from services.notifications.delivery.rules.outcomes import Channel, Ending, Outcome
from services.notifications.delivery.steps import Case, Round, UserTaken, Wait
from services.notifications.messages.catalogue import KINDS

FIRST_BACKOFF_SECONDS = 0.4
LONGEST_BACKOFF_SECONDS = 30.0


@dataclass
class Decision:
    """Channels passed over with the reason, and then one of: a channel to open, an end, a wait."""

    then: Channel | Settle | Wait | UserTaken
    skipped: list[tuple[Channel, str]] = field(default_factory=list)


def decide(look: Round, case: Case, *, credit: bool = True) -> Decision:
    """Decide; for WeChat the user's turn is taken, and ``look.held`` knows it.

    ``credit`` is false once it turned out that the user allows no more cards.
    """
    message, tried = case.message, list(case.tried)
    skipped: list[tuple[Channel, str]] = []
    while True:
        step = next_step(tried, safety=KINDS[message.kind].safety, urgent=message.urgent)
        if isinstance(step, TryChannel) and message.expires_at and look.now > message.expires_at:
            step = _too_late(tried)
        if isinstance(step, Settle):
            return Decision(step, skipped)
        if step.channel is case.postponed:
            return Decision(Wait(_until_again(case, step.channel)), skipped)
        if not (hindrance := _hindrance(look, case, step.channel, credit=credit)):
            if step.channel is Channel.WECHAT and not look.turns.take(message.openid):
                return Decision(UserTaken(message.openid))
            if step.channel is Channel.WECHAT:
                look.held.append(message.openid)
            return Decision(step.channel, skipped)
        skipped.append((step.channel, hindrance))
        tried.append(Tried(step.channel, Outcome.SKIPPED))


def _hindrance(look: Round, case: Case, channel: Channel, *, credit: bool) -> str:
    """Why a channel cannot be tried at all; empty when it can."""
    if channel not in look.channels:
        return "not-set-up"
    if channel is Channel.SMS:
        return "" if case.message.phone_sealed else "no-phone"
    if not case.message.openid:
        return "no-openid"
    return "" if credit else "no-credit"


def _too_late(tried: Sequence[Tried]) -> Settle:
    """How a message ends that is no longer true: nothing more leaves, what left stays told."""
    for outcome, ending in ((Outcome.ACCEPTED, Ending.DELIVERED), (Outcome.DOUBTFUL, Ending.DOUBTFUL)):
        for attempt in tried:
            if attempt.outcome is outcome:
                return Settle(ending, attempt.channel)
    return Settle(Ending.WITHHELD, None)


def _until_again(case: Case, channel: Channel) -> timedelta:
    """How long to wait after a passing fault: doubling, and spread, so that a thousand do not come back at once."""
    count = sum(one == Tried(channel, Outcome.POSTPONED) for one in case.tried)
    spread: float = 0.75 + case.message.message_id.int % 100 / 200
    return backoff(max(count - 1, 0), first=FIRST_BACKOFF_SECONDS, most=LONGEST_BACKOFF_SECONDS) * spread

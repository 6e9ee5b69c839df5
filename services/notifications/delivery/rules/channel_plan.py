"""What to do next with a message, from what was tried so far.

Safety kinds: WeChat, then SMS, then the app's feed, which alone is no proof that anybody knows. Routine kinds:
WeChat, then the feed. *Whom* to tell next is attendance's ladder (decision 10); this plan only falls through channels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.notifications.delivery.rules.outcomes import Channel, Ending, Outcome

SAFETY_POSTPONED = 3
"""Tries on one channel under passing faults before the next one: about three seconds, somebody waits."""
ROUTINE_POSTPONED = 8
"""About a minute; then the feed has to do."""
SAFETY_DOUBTS = 2
"""WeChat sends of a safety kind whose answer never came: told twice is better than not told."""


@dataclass(frozen=True)
class Tried:
    """One attempt so far."""

    channel: Channel
    outcome: Outcome


@dataclass(frozen=True)
class TryChannel:
    """Send by this channel now."""

    channel: Channel


@dataclass(frozen=True)
class Settle:
    """Nothing more to try."""

    ending: Ending
    channel: Channel | None


def next_step(tried: Sequence[Tried], *, safety: bool, urgent: bool) -> TryChannel | Settle:
    """Return the next channel, or how it ended.

    Args:
        tried: the attempts so far, oldest first, none of them still ``sending``.
        safety: a kind that must reach somebody: SMS is worth its money, and WeChat is tried again after a doubt.
        urgent: WeChat and SMS both, whatever the other did.
    """
    reached: Channel | None = None
    doubted: Channel | None = None
    for channel in (Channel.WECHAT, Channel.SMS) if safety else (Channel.WECHAT,):
        outcomes = [attempt.outcome for attempt in tried if attempt.channel is channel]
        if Outcome.ACCEPTED in outcomes:
            reached = reached or channel
        elif _worth_a_try(channel, outcomes, safety=safety):
            return TryChannel(channel)
        elif Outcome.DOUBTFUL in outcomes:
            doubted = doubted or channel
        if _enough(reached, doubted, safety=safety, urgent=urgent):
            break
    return _ended(reached, doubted, safety=safety)


def _worth_a_try(channel: Channel, outcomes: Sequence[Outcome], *, safety: bool) -> bool:
    if any(outcome in {Outcome.REFUSED, Outcome.FAILED, Outcome.SKIPPED} for outcome in outcomes):
        return False
    if outcomes.count(Outcome.POSTPONED) >= (SAFETY_POSTPONED if safety else ROUTINE_POSTPONED):
        return False
    # An SMS is never sent again after a doubt: it has no idempotency (wechat.md 5.1). Nor is a routine card.
    doubts = SAFETY_DOUBTS if safety and channel is Channel.WECHAT else 1
    return outcomes.count(Outcome.DOUBTFUL) < doubts


def _enough(reached: Channel | None, doubted: Channel | None, *, safety: bool, urgent: bool) -> bool:
    if urgent:
        return False
    return reached is not None or (doubted is not None and not safety)


def _ended(reached: Channel | None, doubted: Channel | None, *, safety: bool) -> Settle:
    if reached:
        return Settle(Ending.DELIVERED, reached)
    if doubted:
        return Settle(Ending.DOUBTFUL, doubted)
    # The feed holds every message, but a phone that stays dark has told nobody that a child is missing.
    return Settle(Ending.FAILED if safety else Ending.DELIVERED, Channel.INAPP)

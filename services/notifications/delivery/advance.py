"""Take a message one step further, in one transaction: note what became of the last try, open the next one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.ids import new_id
from services.kernel.jobs import backoff
from services.notifications.delivery.count_credits import give_back_credit, spend_credit, void_credit
from services.notifications.delivery.rules.channel_plan import Settle, Tried, TryChannel, next_step
from services.notifications.delivery.rules.outcomes import Channel, Ending, Outcome, Sent
from services.notifications.delivery.settle_message import settle_message
from services.notifications.delivery.steps import Opened, Round, UserTaken, Wait
from services.notifications.messages.catalogue import KINDS

CUT_OFF_AFTER = timedelta(seconds=12)
"""Real time. A try that is still ``sending`` after this was cut off by a killed worker: no call lives longer
(channels/wechat.py, clients/sms). Until then another worker may be at it."""
FIRST_BACKOFF_SECONDS = 0.4
LONGEST_BACKOFF_SECONDS = 30.0

_READ = text(
    "SELECT m.kind, m.cause_id, m.recipient_id, m.facts, m.urgent, m.state, m.expires_at, m.tries,"
    " p.phone_sealed, b.openid FROM message m"
    " LEFT JOIN person p ON p.school_id = m.school_id AND p.person_id = m.recipient_id"
    " LEFT JOIN binding b ON b.school_id = m.school_id AND b.person_id = m.recipient_id"
    " WHERE m.school_id = :school_id AND m.message_id = :message_id FOR UPDATE OF m"
).columns(facts=JSONB)
_TRIED = text(
    "SELECT attempt_id, channel, outcome, started_at FROM attempt"
    " WHERE school_id = :school_id AND message_id = :message_id ORDER BY started_at, attempt_id"
)
_NOTE = text(
    "UPDATE attempt SET outcome = :outcome, code = :code, provider_id = :provider_id, settled_at = :real"
    " WHERE school_id = :school_id AND attempt_id = :attempt_id"
)
_BEGIN = text(
    "INSERT INTO attempt (school_id, attempt_id, message_id, channel, outcome, code, provider_id, started_at,"
    " settled_at) VALUES (:school_id, :attempt_id, :message_id, :channel, :outcome, :code, '', :real, :settled_at)"
)
_COUNT = text(
    "UPDATE message SET tries = tries + 1 WHERE school_id = :school_id AND message_id = :message_id"
)


async def advance(
    tx: AsyncSession, look: Round, last: tuple[Opened, Sent] | None
) -> Opened | Wait | UserTaken | None:
    """Note ``last``, then open the next try or settle the message; ``None``: nothing more to do.

    The message's row is locked, so two workers never open a try at once.
    """
    message = (await tx.execute(_READ, look.key)).one_or_none()
    if message is None:
        return None
    if last:
        await _note(tx, look, *last)
    rows = (await tx.execute(_TRIED, look.key)).all() if message.tries else []
    for row in rows:
        if row.outcome == Outcome.SENDING and (age := look.real - row.started_at) < CUT_OFF_AFTER:
            return Wait(CUT_OFF_AFTER - age)
    tried = [await _known(tx, look, row) for row in rows]
    if message.state == "settled":
        return None
    postponed = last[0].channel if last and last[1].outcome is Outcome.POSTPONED else None
    return await _open_next(tx, look, message, tried, postponed)


async def _open_next(
    tx: AsyncSession, look: Round, message: Any, tried: Sequence[Tried], postponed: Channel | None
) -> Opened | Wait | UserTaken | None:
    safety = KINDS[message.kind].safety
    while True:
        step = next_step(tried, safety=safety, urgent=message.urgent)
        if isinstance(step, TryChannel) and message.expires_at and look.now > message.expires_at:
            step = _too_late(tried)
        if isinstance(step, Settle):
            await settle_message(tx, look, message, step)
            return None
        channel = step.channel
        if channel is postponed:
            return Wait(_until_again(tried, channel, look))
        hindrance = await _hindrance(tx, look, message, channel)
        if isinstance(hindrance, UserTaken):
            return hindrance
        attempt_id = new_id()
        outcome = Outcome.SKIPPED if hindrance else Outcome.SENDING
        begun = {"attempt_id": attempt_id, "channel": channel, "outcome": outcome, "code": hindrance or ""}
        instants = {"real": look.real, "settled_at": look.real if hindrance else None}
        await tx.execute(_BEGIN, {**look.key, **begun, **instants})
        await tx.execute(_COUNT, look.key)
        if not hindrance:
            return Opened(
                attempt_id,
                channel,
                message.kind,
                message.facts,
                message.openid or "",
                message.phone_sealed or b"",
            )
        tried = [*tried, Tried(channel, outcome)]


async def _hindrance(tx: AsyncSession, look: Round, message: Any, channel: Channel) -> str | UserTaken | None:
    """Why this channel cannot be tried at all; for WeChat the user's turn is taken and a credit spent."""
    if channel not in look.channels:
        return "not-set-up"
    if channel is Channel.SMS:
        return None if message.phone_sealed else "no-phone"
    if not message.openid:
        return "no-openid"
    if not look.turns.take(message.openid):
        return UserTaken(message.openid)
    look.held.append(message.openid)
    if not await spend_credit(tx, message.openid, look.template_ids[message.kind], real=look.real):
        return "no-credit"
    return None


async def _note(tx: AsyncSession, look: Round, tried: Opened, sent: Sent) -> None:
    await tx.execute(
        _NOTE,
        {
            "school_id": look.school_id,
            "attempt_id": tried.attempt_id,
            "outcome": sent.outcome,
            "code": sent.code,
            "provider_id": sent.provider_id,
            "real": look.real,
        },
    )
    if tried.channel is Channel.WECHAT and sent.credit != "spent":
        change = give_back_credit if sent.credit == "back" else void_credit
        await change(tx, tried.openid, look.template_ids[tried.kind], real=look.real)


async def _known(tx: AsyncSession, look: Round, row: Any) -> Tried:
    """Read a try; one that was cut off is a doubt from now on."""
    if row.outcome != Outcome.SENDING:
        return Tried(Channel(row.channel), Outcome(row.outcome))
    doubt = {"outcome": Outcome.DOUBTFUL, "code": "cut-off", "provider_id": "", "real": look.real}
    await tx.execute(_NOTE, {**doubt, "school_id": look.school_id, "attempt_id": row.attempt_id})
    return Tried(Channel(row.channel), Outcome.DOUBTFUL)


def _too_late(tried: Sequence[Tried]) -> Settle:
    """How a message ends that is no longer true: nothing more leaves, what left stays told."""
    for outcome, ending in ((Outcome.ACCEPTED, Ending.DELIVERED), (Outcome.DOUBTFUL, Ending.DOUBTFUL)):
        for attempt in tried:
            if attempt.outcome is outcome:
                return Settle(ending, attempt.channel)
    return Settle(Ending.WITHHELD, None)


def _until_again(tried: Sequence[Tried], channel: Channel, look: Round) -> timedelta:
    """How long to wait after a passing fault: doubling, and spread, so that a thousand do not come back at once."""
    count = sum(one.channel is channel and one.outcome is Outcome.POSTPONED for one in tried)
    spread = 0.75 + look.message_id.int % 100 / 200
    return backoff(max(count - 1, 0), first=FIRST_BACKOFF_SECONDS, most=LONGEST_BACKOFF_SECONDS) * spread

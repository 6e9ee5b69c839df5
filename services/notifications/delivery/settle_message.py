"""A message's end: written once, and told to attendance where its ladder waits for it."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.facts.notifications import MessageSettled
from services.kernel.ids import new_id
from services.kernel.letters.announce import announce
from services.notifications.delivery.rules.channel_plan import Settle
from services.notifications.delivery.rules.outcomes import Channel, Ending
from services.notifications.delivery.steps import Round
from services.notifications.messages.catalogue import KINDS

_SETTLE = text(
    "UPDATE message SET state = 'settled', outcome = :outcome, channel = :channel, settled_at = :now"
    " WHERE school_id = :school_id AND message_id = :message_id"
)
_TOLD_IN_APP = text(
    "INSERT INTO attempt (school_id, attempt_id, message_id, channel, outcome, code, provider_id, started_at,"
    " settled_at) VALUES (:school_id, :attempt_id, :message_id, 'inapp', 'accepted', '', '', :real, :real)"
)


async def settle_message(tx: AsyncSession, look: Round, message: Any, end: Settle) -> None:
    """Settle a locked message. For attendance's ladder only a message that reached somebody is delivered."""
    told = {"outcome": end.ending, "channel": end.channel, "now": look.now}
    await tx.execute(_SETTLE, {**look.key, **told})
    if end.channel is Channel.INAPP:
        await tx.execute(_TOLD_IN_APP, {**look.key, "attempt_id": new_id(), "real": look.real})
    if not KINDS[message.kind].announced:
        return
    fact = MessageSettled(
        at=look.now,
        school_id=look.school_id,
        message_id=look.message_id,
        cause_id=message.cause_id,
        recipient_id=message.recipient_id,
        outcome="delivered" if end.ending is Ending.DELIVERED else "failed",
        channel=end.channel,
    )
    await announce(tx, fact, now=look.now)

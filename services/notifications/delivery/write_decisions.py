"""Write what was decided about a batch of messages: attempts opened, channels passed over, ends."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.facts.notifications import MessageSettled
from services.kernel.ids import new_id
from services.kernel.letters.announce import announce
from services.notifications.delivery.decide import Decision
from services.notifications.delivery.rules.channel_plan import Settle
from services.notifications.delivery.rules.outcomes import Channel, Ending, Outcome
from services.notifications.delivery.steps import Case, Opened, Round, Step
from services.notifications.messages.catalogue import KINDS

_TRY = text(
    "INSERT INTO attempt (school_id, attempt_id, message_id, channel, outcome, code, provider_id, started_at,"
    " settled_at) SELECT t.school_id, t.attempt_id, t.message_id, t.channel, t.outcome, t.code, '',"
    " CAST(:real AS timestamptz), CASE WHEN t.outcome <> 'sending' THEN CAST(:real AS timestamptz) END"
    " FROM unnest(CAST(:schools AS uuid[]), CAST(:attempts AS uuid[]), CAST(:messages AS uuid[]),"
    " CAST(:channels AS text[]), CAST(:outcomes AS text[]), CAST(:codes AS text[]))"
    " AS t(school_id, attempt_id, message_id, channel, outcome, code)"
)
_COUNT = text(
    "UPDATE message m SET tries = m.tries + n.tries"
    " FROM (SELECT school_id, message_id, count(*) AS tries"
    " FROM unnest(CAST(:schools AS uuid[]), CAST(:messages AS uuid[])) AS t(school_id, message_id)"
    " GROUP BY 1, 2) AS n WHERE m.school_id = n.school_id AND m.message_id = n.message_id"
)
_CUT_OFF = text(
    "UPDATE attempt a SET outcome = 'doubtful', code = 'cut-off', settled_at = :real"
    " FROM unnest(CAST(:schools AS uuid[]), CAST(:attempts AS uuid[])) AS c(school_id, attempt_id)"
    " WHERE a.school_id = c.school_id AND a.attempt_id = c.attempt_id"
)
_SETTLE = text(
    "UPDATE message m SET state = 'settled', outcome = e.outcome, channel = e.channel, settled_at = :now"
    " FROM unnest(CAST(:schools AS uuid[]), CAST(:messages AS uuid[]), CAST(:outcomes AS text[]),"
    " CAST(:channels AS text[])) AS e(school_id, message_id, outcome, channel)"
    " WHERE m.school_id = e.school_id AND m.message_id = e.message_id"
)

Decided = Sequence[tuple[Case, Decision]]


async def write_decisions(tx: AsyncSession, look: Round, decided: Decided) -> list[Step]:
    """Write them, and return each one's step in their order. For attendance's ladder every end is announced."""
    attempts: list[tuple[UUID, UUID, UUID, str, str, str]] = []
    steps: list[Step] = []
    for case, decision in decided:
        message = case.message
        for channel, reason in decision.skipped:
            attempts.append(_attempt(message, new_id(), channel, Outcome.SKIPPED, reason))
        match decision.then:
            case Channel() as channel:
                attempt_id = new_id()
                attempts.append(_attempt(message, attempt_id, channel, Outcome.SENDING))
                steps.append(_opened(message, attempt_id, channel))
            case Settle() as end:
                if end.channel is Channel.INAPP:
                    attempts.append(_attempt(message, new_id(), Channel.INAPP, Outcome.ACCEPTED))
                steps.append(None)
            case later:
                steps.append(later)
    await _write_cut_off(tx, decided, real=look.real)
    await _write_attempts(tx, attempts, real=look.real)
    await _settle(tx, decided, now=look.now)
    return steps


async def _write_cut_off(tx: AsyncSession, decided: Decided, *, real: datetime) -> None:
    cut_off = [(case.message.school_id, attempt_id) for case, _ in decided for attempt_id in case.cut_off]
    if cut_off:
        schools, attempts = zip(*cut_off, strict=True)
        await tx.execute(_CUT_OFF, {"schools": list(schools), "attempts": list(attempts), "real": real})


async def _write_attempts(
    tx: AsyncSession, attempts: Sequence[tuple[UUID, UUID, UUID, str, str, str]], *, real: datetime
) -> None:
    if not attempts:
        return
    names = ("schools", "attempts", "messages", "channels", "outcomes", "codes")
    columns = {name: list(values) for name, values in zip(names, zip(*attempts, strict=True), strict=True)}
    await tx.execute(_TRY, {**columns, "real": real})
    await tx.execute(_COUNT, {"schools": columns["schools"], "messages": columns["messages"]})


async def _settle(tx: AsyncSession, decided: Decided, *, now: datetime) -> None:
    ends = [(case.message, decision.then) for case, decision in decided if isinstance(decision.then, Settle)]
    if not ends:
        return
    columns: dict[str, list[Any]] = {
        "schools": [message.school_id for message, _ in ends],
        "messages": [message.message_id for message, _ in ends],
        "outcomes": [end.ending for _, end in ends],
        "channels": [end.channel for _, end in ends],
    }
    await tx.execute(_SETTLE, {**columns, "now": now})
    facts = [
        MessageSettled(
            at=now,
            school_id=message.school_id,
            message_id=message.message_id,
            cause_id=message.cause_id,
            recipient_id=message.recipient_id,
            outcome="delivered" if end.ending is Ending.DELIVERED else "failed",
            channel=end.channel,
            step_no=message.step_no or None,
        )
        for message, end in ends
        if KINDS[message.kind].announced
    ]
    await announce(tx, *facts, now=now)


def _attempt(
    message: Any, attempt_id: UUID, channel: Channel, outcome: Outcome, code: str = ""
) -> tuple[UUID, UUID, UUID, str, str, str]:
    return message.school_id, attempt_id, message.message_id, channel, outcome, code


def _opened(message: Any, attempt_id: UUID, channel: Channel) -> Opened:
    return Opened(
        attempt_id=attempt_id,
        channel=channel,
        kind=message.kind,
        facts=message.facts,
        openid=message.openid or "",
        account_id=message.account_id,
        phone_sealed=message.phone_sealed or b"",
    )

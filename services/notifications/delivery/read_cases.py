"""Lock and read a batch of messages with everything that was tried for them: two reads, however many."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.delivery.rules.channel_plan import Tried
from services.notifications.delivery.rules.outcomes import Channel, Outcome
from services.notifications.delivery.steps import Case, Errand, Key, Round

CUT_OFF_AFTER = timedelta(seconds=12)
"""Real time. A try that is still ``sending`` after this was cut off by a killed worker: no call lives longer
(channels/wechat.py, clients/sms). Until then another worker may be at it."""

# In the order of their ids, so that two workers never wait for each other crosswise.
_LOCK = text(
    "SELECT m.school_id, m.message_id, m.kind, m.cause_id, m.step_no, m.recipient_id, m.facts, m.urgent, m.state,"
    " m.expires_at, m.tries, p.phone_sealed, b.openid, b.account_id"
    " FROM unnest(CAST(:schools AS uuid[]), CAST(:messages AS uuid[])) AS wanted(school_id, message_id)"
    " JOIN message m USING (school_id, message_id)"
    " LEFT JOIN person p ON p.school_id = m.school_id AND p.person_id = m.recipient_id"
    " LEFT JOIN binding b ON b.school_id = m.school_id AND b.person_id = m.recipient_id"
    " ORDER BY m.message_id FOR UPDATE OF m"
).columns(facts=JSONB)
_TRIED = text(
    "SELECT a.school_id, a.message_id, a.attempt_id, a.channel, a.outcome, a.started_at"
    " FROM unnest(CAST(:schools AS uuid[]), CAST(:messages AS uuid[])) AS wanted(school_id, message_id)"
    " JOIN attempt a USING (school_id, message_id) ORDER BY a.started_at, a.attempt_id"
)
_NOTE = text(
    "UPDATE attempt a SET outcome = n.outcome, code = n.code, provider_id = n.provider_id, settled_at = :real"
    " FROM unnest(CAST(:schools AS uuid[]), CAST(:attempts AS uuid[]), CAST(:outcomes AS text[]),"
    " CAST(:codes AS text[]), CAST(:provider_ids AS text[])) AS n(school_id, attempt_id, outcome, code, provider_id)"
    " WHERE a.school_id = n.school_id AND a.attempt_id = n.attempt_id"
)


async def read_cases(tx: AsyncSession, look: Round, errands: Sequence[Errand]) -> dict[Key, Case]:
    """Return the unsettled messages among ``errands``; what became of their last tries is noted on the way."""
    messages = (await tx.execute(_LOCK, _keys([errand.key for errand in errands]))).all()
    last = {errand.key: errand.last for errand in errands if errand.last}
    if last:
        await _note(tx, look, errands)
    waiting = [row for row in messages if row.state == "waiting"]
    tried: dict[Key, list[Any]] = defaultdict(list)
    if begun := [(row.school_id, row.message_id) for row in waiting if row.tries]:
        for row in await tx.execute(_TRIED, _keys(begun)):
            tried[row.school_id, row.message_id].append(row)
    cases = {}
    for row in waiting:
        key = (row.school_id, row.message_id)
        ended = last.get(key)
        postponed = ended[0].channel if ended and ended[1].outcome is Outcome.POSTPONED else None
        cases[key] = _case(look, row, tried[key], postponed)
    return cases


def _case(look: Round, message: Any, rows: Sequence[Any], postponed: Channel | None) -> Case:
    sending = [row for row in rows if row.outcome == Outcome.SENDING]
    ages = [look.real - row.started_at for row in sending]
    return Case(
        message,
        tried=[
            Tried(Channel(row.channel), Outcome.DOUBTFUL if row in sending else Outcome(row.outcome))
            for row in rows
        ],
        cut_off=[row.attempt_id for row in sending],
        busy_for=max((CUT_OFF_AFTER - age for age in ages if age < CUT_OFF_AFTER), default=None),
        postponed=postponed,
    )


async def _note(tx: AsyncSession, look: Round, errands: Sequence[Errand]) -> None:
    ended = [(errand.school_id, *errand.last) for errand in errands if errand.last]
    await tx.execute(
        _NOTE,
        {
            "schools": [school_id for school_id, _, _ in ended],
            "attempts": [opened.attempt_id for _, opened, _ in ended],
            "outcomes": [sent.outcome for _, _, sent in ended],
            "codes": [sent.code for _, _, sent in ended],
            "provider_ids": [sent.provider_id for _, _, sent in ended],
            "real": look.real,
        },
    )


def _keys(keys: Sequence[Key]) -> dict[str, list[Any]]:
    return {
        "schools": [school_id for school_id, _ in keys],
        "messages": [message_id for _, message_id in keys],
    }

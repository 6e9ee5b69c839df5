"""Write the messages that a batch of facts gives, one for each recipient, and have them delivered."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.ids import new_id
from services.kernel.jobs import enqueue
from services.notifications.messages.catalogue import KINDS
from services.notifications.messages.gather_names import Names, gather_names
from services.notifications.messages.overtake import already_over, told_missing, withhold_overtaken
from services.notifications.messages.telling import Telling

DELIVER = "deliver"
"""Job of a routine message; its payload is school and message id (32 bytes)."""
DELIVER_SAFETY = "deliver_safety"
"""The same for a safety message: it does not queue behind a school's arrivals."""

_WRITE = text(
    "INSERT INTO message (school_id, message_id, kind, cause_id, step_no, recipient_id, child_id, service_on, facts,"
    " title, body, urgent, happened_at, written_at, expires_at, state, outcome, channel, settled_at, tries)"
    " SELECT school_id, message_id, kind, cause_id, step_no, recipient_id, child_id, service_on, facts, title, body,"
    " urgent, happened_at, :now, expires_at, state, outcome, channel, CASE WHEN state = 'settled' THEN"
    " CAST(:now AS timestamptz) END, 0"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(school_id uuid, message_id uuid, kind text, cause_id uuid,"
    " step_no int, recipient_id uuid, child_id uuid, service_on date, facts jsonb, title text, body text,"
    " urgent bool, happened_at timestamptz, expires_at timestamptz, state text, outcome text, channel text)"
    " ON CONFLICT (school_id, cause_id, step_no, recipient_id, kind) DO NOTHING"
    " RETURNING school_id, message_id, kind, state, channel"
)
_TOLD_IN_APP = text(
    "INSERT INTO attempt (school_id, attempt_id, message_id, channel, outcome, code, provider_id, started_at,"
    " settled_at) SELECT school_id, attempt_id, message_id, 'inapp', 'accepted', code, '', clock_timestamp(),"
    " clock_timestamp() FROM unnest(CAST(:schools AS uuid[]), CAST(:attempts AS uuid[]), CAST(:messages AS uuid[]),"
    " CAST(:codes AS text[])) AS r(school_id, attempt_id, message_id, code)"
)
_SET_ASIDE = text(
    "INSERT INTO unaddressed (school_id, kind, cause_id, step_no, reason, fact, seen_at)"
    " VALUES (:school_id, :kind, :cause_id, :step_no, :reason, CAST(:fact AS jsonb), :seen_at)"
    " ON CONFLICT DO NOTHING"
)


async def tell(tx: AsyncSession, tellings: Sequence[Telling], *, now: datetime) -> list[Telling]:
    """Write and enqueue; returns those that could be addressed to nobody.

    Idempotent: a cause that was told to a recipient is not told again. Those for nobody are set aside as rows
    (`Unaddressed`) and looked at again after the next pull of the roster. ``now`` is the domain's instant.
    """
    if not tellings:
        return []
    await withhold_overtaken(tx, tellings, now=now)
    over = await already_over(tx, tellings)
    told_before = await told_missing(tx, tellings)
    names = await gather_names(tx, tellings)
    rows: list[dict[str, Any]] = []
    aside: list[tuple[Telling, str]] = []
    for n, telling in enumerate(tellings):
        recipients, reason = _recipients(telling, names, told_before)
        if reason:
            aside.append((telling, reason))
        rows += [_row(telling, names, recipient, over=n in over) for recipient in recipients]
    await _write(tx, rows, now=now)
    if aside:
        await tx.execute(_SET_ASIDE, [_aside(telling, reason, now) for telling, reason in aside])
    return [telling for telling, _ in aside]


def _recipients(
    telling: Telling, names: Names, told_before: dict[tuple[UUID, UUID], tuple[UUID, ...]]
) -> tuple[Sequence[UUID], str]:
    """Return to whom it goes, or why it goes to nobody."""
    if lacking := names.lacks(telling):
        return (), lacking
    if telling.kind == "missing_cleared":
        told = told_before[telling.school_id, telling.cause_id]
        return told, "" if told else "nobody-was-told"
    if telling.recipients is None:
        guardians = names.guardians_of(telling)
        return guardians, "" if guardians else "no-guardian"
    known = [one for one in telling.recipients if (telling.school_id, one) in names.people]
    return known, "" if known and len(known) == len(set(telling.recipients)) else "unknown-recipient"


def _row(telling: Telling, names: Names, recipient: UUID, *, over: bool) -> dict[str, Any]:
    kind = KINDS[telling.kind]
    facts = names.facts_of(telling)
    words = kind.say(facts)
    expires_at = telling.true_until or (telling.at + kind.stays_true if kind.stays_true else None)
    state: dict[str, Any] = {"state": "waiting", "outcome": None, "channel": None}
    if over:
        state = {"state": "settled", "outcome": "withheld", "channel": None}
    elif kind.feed_only or (not kind.safety and (telling.school_id, recipient) not in names.with_wechat):
        # The feed is all there is: no job, no attempt that could only be skipped.
        state = {"state": "settled", "outcome": "delivered", "channel": "inapp"}
    return {
        "school_id": str(telling.school_id),
        "message_id": str(new_id()),
        "kind": telling.kind,
        "cause_id": str(telling.cause_id),
        "step_no": telling.step_no,
        "recipient_id": str(recipient),
        "child_id": str(telling.child_id) if telling.child_id else None,
        "service_on": telling.service_on.isoformat(),
        "facts": facts,
        "title": words.title,
        "body": words.body,
        "urgent": telling.urgent,
        "happened_at": telling.at.isoformat(),
        "expires_at": expires_at.isoformat() if expires_at else None,
        **state,
    }


async def _write(tx: AsyncSession, rows: Sequence[dict[str, Any]], *, now: datetime) -> None:
    if not rows:
        return
    written = (await tx.execute(_WRITE, {"rows": json.dumps(rows, ensure_ascii=False), "now": now})).all()
    in_app = [row for row in written if row.channel == "inapp"]
    if in_app:
        await tx.execute(
            _TOLD_IN_APP,
            {
                "schools": [row.school_id for row in in_app],
                "attempts": [new_id() for _ in in_app],
                "messages": [row.message_id for row in in_app],
                "codes": ["feed-only" if KINDS[row.kind].feed_only else "no-openid" for row in in_app],
            },
        )
    waiting = [row for row in written if row.state == "waiting"]
    for entrypoint, safety in ((DELIVER_SAFETY, True), (DELIVER, False)):
        payloads = [
            row.school_id.bytes + row.message_id.bytes for row in waiting if KINDS[row.kind].safety is safety
        ]
        await enqueue(tx, entrypoint, payloads)


def _aside(telling: Telling, reason: str, now: datetime) -> dict[str, Any]:
    return {
        "school_id": telling.school_id,
        "kind": telling.fact.kind,
        "cause_id": telling.cause_id,
        "step_no": telling.step_no,
        "reason": reason,
        "fact": telling.fact.model_dump_json(),
        "seen_at": now,
    }

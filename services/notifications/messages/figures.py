"""What was told, by kind, channel and outcome; and whether one parent was told."""

from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.messages.shapes import FiguresOut, KindFigure, ToldList, ToldOut, TryFigure

MOST_TOLD = 500

_MESSAGES = text(
    "SELECT kind, state, outcome, channel, count(*) AS count FROM message"
    " WHERE (CAST(:day AS date) IS NULL OR service_on = :day) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
)
_ATTEMPTS = text(
    "SELECT m.kind, a.channel, a.outcome, a.code, count(*) AS count FROM attempt a"
    " JOIN message m USING (school_id, message_id)"
    " WHERE (CAST(:day AS date) IS NULL OR m.service_on = :day) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
)
_DOUBLED = text(
    "SELECT count(*) AS doubled, count(*) FILTER (WHERE doubts = 0) AS without_doubt FROM ("
    " SELECT a.message_id, a.channel, count(*) FILTER (WHERE a.outcome = 'doubtful') AS doubts"
    " FROM attempt a JOIN message m USING (school_id, message_id)"
    " WHERE (CAST(:day AS date) IS NULL OR m.service_on = :day) AND a.channel <> 'inapp'"
    " GROUP BY a.school_id, a.message_id, a.channel"
    " HAVING count(*) FILTER (WHERE a.outcome = 'accepted') > 1) AS twice"
)
_UNADDRESSED = text(
    "SELECT count(*) FROM unaddressed WHERE addressed_at IS NULL AND reason <> 'nobody-was-told'"
)
_TOLD = text(
    "SELECT m.message_id, m.kind, m.cause_id, m.step_no, m.child_id, m.recipient_id, m.service_on, m.body,"
    " m.happened_at, m.state, m.outcome, m.channel, m.settled_at, m.read_at,"
    " COALESCE(jsonb_agg(jsonb_build_object('channel', a.channel, 'outcome', a.outcome, 'code', a.code,"
    " 'provider_id', a.provider_id, 'started_at', a.started_at, 'settled_at', a.settled_at)"
    " ORDER BY a.started_at, a.attempt_id) FILTER (WHERE a.attempt_id IS NOT NULL), '[]') AS attempts"
    " FROM message m LEFT JOIN attempt a ON a.school_id = m.school_id AND a.message_id = m.message_id"
    " WHERE (CAST(:child_id AS uuid) IS NULL OR m.child_id = :child_id)"
    " AND (CAST(:recipient_id AS uuid) IS NULL OR m.recipient_id = :recipient_id)"
    " AND (CAST(:day AS date) IS NULL OR m.service_on = :day)"
    " GROUP BY m.school_id, m.message_id ORDER BY m.happened_at, m.message_id LIMIT :limit"
).columns(attempts=JSONB)


async def figures(tx: AsyncSession, *, service_on: date | None) -> FiguresOut:
    """Count in the transaction's schools; ``service_on`` limits it to one day."""
    about = {"day": service_on}
    kinds = [
        KindFigure.model_validate(row, from_attributes=True) for row in await tx.execute(_MESSAGES, about)
    ]
    tries = [
        TryFigure.model_validate(row, from_attributes=True) for row in await tx.execute(_ATTEMPTS, about)
    ]
    doubled = (await tx.execute(_DOUBLED, about)).one()

    def accepted(channel: str) -> int:
        return sum(one.count for one in tries if (one.channel, one.outcome) == (channel, "accepted"))

    return FiguresOut(
        messages=kinds,
        attempts=tries,
        told_wechat=accepted("wechat"),
        told_sms=accepted("sms"),
        told_inapp=accepted("inapp"),
        waiting=sum(one.count for one in kinds if one.state == "waiting"),
        withheld=sum(one.count for one in kinds if one.outcome == "withheld"),
        doubled=doubled.doubled,
        doubled_without_doubt=doubled.without_doubt,
        unaddressed=await tx.scalar(_UNADDRESSED) or 0,
    )


async def told(
    tx: AsyncSession, *, child_id: UUID | None, recipient_id: UUID | None, service_on: date | None
) -> ToldList:
    """Return the messages about a child, to a person, on a day, each with all its attempts: one query."""
    about = {"child_id": child_id, "recipient_id": recipient_id, "day": service_on, "limit": MOST_TOLD}
    rows = await tx.execute(_TOLD, about)
    return ToldList(messages=[ToldOut.model_validate(row, from_attributes=True) for row in rows])

"""A person's own feed: everything that was told to it, in the order in which it became visible."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.pagination import BadCursor, pack_cursor, unpack_cursor
from services.notifications.messages.catalogue import KINDS
from services.notifications.messages.shapes import FeedOut, MessageOut

# Rows appear by the transaction that wrote them, and only once no older one is still open: a phone that asks
# "since" can therefore never step over a message that was committed a moment late.
_FEED = text(
    "SELECT m.school_id, m.message_id, m.kind, m.child_id, m.title, m.body, m.happened_at, m.read_at, m.told_in"
    " FROM message m JOIN unnest(CAST(:schools AS uuid[]), CAST(:people AS uuid[])) AS me(school_id, person_id)"
    " ON m.school_id = me.school_id AND m.recipient_id = me.person_id"
    " WHERE (m.told_in, m.message_id) > (:told_in, CAST(:message_id AS uuid))"
    " AND m.told_in < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    " AND (m.outcome IS DISTINCT FROM 'withheld')"
    " ORDER BY m.told_in, m.message_id LIMIT :limit"
)


async def feed(tx: AsyncSession, people: Mapping[UUID, UUID], *, since: str | None, limit: int) -> FeedOut:
    """Return the messages after ``since`` to a caller who is ``people[school_id]`` in each school.

    Raises:
        BadCursor: ``since`` was not made here.
    """
    told_in, message_id = _position(since) if since else (0, UUID(int=0))
    about = {"schools": list(people), "people": list(people.values())}
    rows = await tx.execute(_FEED, {**about, "told_in": told_in, "message_id": message_id, "limit": limit})
    found = rows.all()
    return FeedOut(
        messages=[
            MessageOut(
                message_id=row.message_id,
                school_id=row.school_id,
                kind=row.kind,
                safety=KINDS[row.kind].safety,
                child_id=row.child_id,
                title=row.title,
                body=row.body,
                at=row.happened_at,
                read_at=row.read_at,
            )
            for row in found
        ],
        next=pack_cursor(found[-1].told_in, found[-1].message_id) if found else since,
        more=len(found) == limit,
    )


def _position(since: str) -> tuple[int, UUID]:
    told_in, message_id = unpack_cursor(since, parts=2)
    try:
        return int(told_in), UUID(message_id)
    except (TypeError, ValueError, AttributeError) as fault:
        raise BadCursor from fault

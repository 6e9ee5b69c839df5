"""Note that its recipient read a message in the app."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.messages.errors import UnknownMessage
from services.notifications.messages.shapes import ReadOut

_READ = text(
    "UPDATE message m SET read_at = COALESCE(m.read_at, :now)"
    " FROM unnest(CAST(:schools AS uuid[]), CAST(:people AS uuid[])) AS me(school_id, person_id)"
    " WHERE m.school_id = me.school_id AND m.recipient_id = me.person_id AND m.message_id = :message_id"
    " RETURNING m.read_at"
)


async def mark_read(
    tx: AsyncSession, people: Mapping[UUID, UUID], message_id: UUID, *, now: datetime
) -> ReadOut:
    """Keep the first time of reading (domain clock).

    Raises:
        UnknownMessage: it is nobody's, or somebody else's.
    """
    about = {"schools": list(people), "people": list(people.values()), "message_id": message_id, "now": now}
    read_at = await tx.scalar(_READ, about)
    if read_at is None:
        raise UnknownMessage
    return ReadOut(message_id=message_id, read_at=read_at)

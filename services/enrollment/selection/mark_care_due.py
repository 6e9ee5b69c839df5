"""Note that children's basic care no longer fits their clubs; the worker puts it right."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.database.transaction import raw

_MARK = (
    "INSERT INTO care_due (school_id, child_id, since)"
    " SELECT w.school_id, w.child_id, due.since FROM unnest($2::uuid[], $3::date[]) AS due (child_id, since)"
    "   JOIN care_wish w ON w.school_id = $1 AND w.child_id = due.child_id ORDER BY w.child_id"
    " ON CONFLICT (school_id, child_id) DO UPDATE SET since = least(care_due.since, excluded.since)"
)


async def mark_care_due(tx: AsyncSession, school_id: UUID, since: Mapping[UUID, date]) -> None:
    """Mark those of the (locked) children ``since`` names that asked for care; the earlier day wins.

    `selection.arrange_due_care` follows before anybody is told that the roster changed.
    """
    if since:
        await (await raw(tx)).execute(_MARK, school_id, list(since), list(since.values()))

"""Note that children's basic care no longer fits their clubs; the worker puts it right."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.roster.tell_roster import ARRANGE_CARE
from services.kernel.database.transaction import raw
from services.kernel.ids import new_id
from services.kernel.timers import set_timer

_MARK = (
    "INSERT INTO care_due (school_id, child_id, since)"
    " SELECT w.school_id, w.child_id, due.since FROM unnest($2::uuid[], $3::date[]) AS due (child_id, since)"
    "   JOIN care_wish w ON w.school_id = $1 AND w.child_id = due.child_id ORDER BY w.child_id"
    " ON CONFLICT (school_id, child_id) DO UPDATE SET since = least(care_due.since, excluded.since)"
    " RETURNING 1"
)


async def mark_care_due(
    tx: AsyncSession, school_id: UUID, since: Mapping[UUID, date], *, now: datetime
) -> None:
    """Mark those of the (locked) children ``since`` names that asked for care; the earlier day wins.

    `selection.arrange_due_care` follows before anybody is told that the roster changed.
    """
    if since and await (await raw(tx)).fetch(_MARK, school_id, list(since), list(since.values())):
        await soon_arrange_care(tx, school_id, now=now)


async def soon_arrange_care(tx: AsyncSession, school_id: UUID, *, now: datetime) -> None:
    """Have the worker arrange what is due, if and when this transaction commits.

    Each call leaves a row of its own: the worker holds its timer's row while it waits for children, so nobody who
    holds a child may wait for that row.
    """
    await set_timer(tx, school_id=school_id, kind=ARRANGE_CARE, subject=new_id(), due_at=now, facts={})

"""Put the basic care right of children whose clubs changed, then tell the roster."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.roster.tell_roster import ARRANGE_CARE, tell_roster
from services.enrollment.selection.arrange_care import arrange_care
from services.enrollment.selection.lock_children import lock_children
from services.enrollment.selection.mark_care_due import soon_arrange_care
from services.kernel.database.transaction import raw
from services.kernel.timers import Due

AT_ONCE = 200
"""Children whose locks one transaction holds: claims for them wait as long."""

_DUE = "SELECT child_id, since FROM care_due WHERE school_id = $1 ORDER BY since, child_id LIMIT $2"
# Made earlier while we waited for the children: those are left to the next turn.
_TAKE = (
    "DELETE FROM care_due WHERE school_id = $1 AND child_id = ANY($2::uuid[]) AND since = $3"
    " RETURNING child_id"
)


async def on_arrange_care(tx: AsyncSession, due: Due, *, now: datetime) -> None:
    """Arrange care for the children that wait longest, from one day on; what is left gets the next turn.

    One day a transaction, so that locks keep their order: children, care groups, the school's version.
    """
    connection = await raw(tx)
    waiting = await connection.fetch(_DUE, due.school_id, AT_ONCE)
    if waiting:
        since = waiting[0]["since"]
        here = [row["child_id"] for row in waiting if row["since"] == since]
        children = await lock_children(tx, due.school_id, here)
        taken = await connection.fetch(_TAKE, due.school_id, here, since)
        ready = children.only(row["child_id"] for row in taken)
        await arrange_care(tx, due.school_id, ready, since=since, now=now)
        if len(waiting) == AT_ONCE or len(here) < len(waiting):
            await soon_arrange_care(tx, due.school_id, now=now)
            return
    await tell_roster(tx, due.school_id, now=now)


TIMERS = {ARRANGE_CARE: on_arrange_care}

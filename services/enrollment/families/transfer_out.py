"""Children leave the school from a day on: their places go to others, nothing on file is lost."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.families.errors import ChildNotOnFile, LeavingDayPast
from services.enrollment.families.follow_moves import follow_moves, set_move_timers
from services.enrollment.families.tables import ChildMove
from services.enrollment.selection.end_places import end_places
from services.enrollment.selection.lock_children import lock_children
from services.enrollment.waiting.moot_entries import moot_entries
from services.kernel.clock import at_school_time, school_day
from services.kernel.ids import new_id

_LOCK_OFFERINGS = text(
    "SELECT offering_id FROM offering WHERE school_id = :school_id AND offering_id IN ("
    "  SELECT offering_id FROM place WHERE school_id = :school_id AND child_id = ANY(CAST(:children AS uuid[]))"
    "  UNION SELECT offering_id FROM waiting_entry"
    "         WHERE school_id = :school_id AND child_id = ANY(CAST(:children AS uuid[])))"
    " ORDER BY offering_id FOR NO KEY UPDATE"
)
_HOLD_ROUNDS = text(
    "SELECT round_id FROM round WHERE school_id = :school_id AND closed_at IS NULL AND round_id IN"
    " (SELECT round_id FROM wish_list WHERE school_id = :school_id"
    "   AND child_id = ANY(CAST(:children AS uuid[]))) ORDER BY round_id FOR SHARE"
)
_UNLINK = text(
    "UPDATE wish_list SET linked_id = NULL, link = NULL, if_apart = NULL"
    " WHERE school_id = :school_id AND round_id = ANY(CAST(:rounds AS uuid[])) AND linked_id IN"
    " (SELECT linked_id FROM wish_list WHERE school_id = :school_id"
    "   AND child_id = ANY(CAST(:children AS uuid[])))"
)
_WITHDRAW = text(
    "DELETE FROM wish_list WHERE school_id = :school_id AND round_id = ANY(CAST(:rounds AS uuid[]))"
    " AND child_id = ANY(CAST(:children AS uuid[]))"
)
_FORGET_CARE = text(
    "DELETE FROM care_wish WHERE school_id = :school_id AND child_id = ANY(CAST(:children AS uuid[]))"
)
# Places of terms that are over stay as they are: there is nothing left of them to end.
_PLACES = text(
    "SELECT p.place_id FROM place p JOIN offering o USING (school_id, offering_id)"
    "  JOIN term t ON t.school_id = o.school_id AND t.term_id = o.term_id"
    " WHERE p.school_id = :school_id AND p.child_id = ANY(CAST(:children AS uuid[])) AND t.ends_on >= :until"
    "   AND (p.until_on IS NULL OR p.until_on > :until)"
)


@dataclass(frozen=True)
class Leaving:
    """Who leaves, from which day (the first one no longer there), and why; ``direction``: out or graduated."""

    child_ids: Collection[UUID]
    effective_on: date
    reason: str
    other_school: str | None = None
    direction: str = "out"
    request_id: UUID | None = None


async def transfer_out(
    tx: AsyncSession, school_id: UUID, leaving: Leaving, *, by: UUID, now: datetime
) -> None:
    """Take children off the roster from a day on; on a later day it happens by itself.

    Places and care end with that day, waiting ends and lists of wishes in open rounds are withdrawn at once. What is
    on file of the children stays, for the day they come back.

    Raises:
        ChildNotOnFile: one of them is not (or no longer) at this school; then nobody leaves.
        LeavingDayPast: the day lies in the past.
    """
    today = school_day(now)
    if leaving.effective_on < today:
        raise LeavingDayPast(earliest=today.isoformat())
    children = await lock_children(tx, school_id, leaving.child_ids)
    if set(children.classes) != set(leaving.child_ids):
        raise ChildNotOnFile
    await withdraw_children(tx, school_id, children.classes, until=leaving.effective_on, now=now)
    tx.add_all(
        ChildMove(
            school_id=school_id,
            move_id=new_id(),
            child_id=child_id,
            direction=leaving.direction,
            effective_on=leaving.effective_on,
            other_school=leaving.other_school,
            reason=leaving.reason,
            decided_by=by,
            decided_at=now,
            request_id=leaving.request_id,
        )
        for child_id in sorted(children.classes)
    )
    await tx.flush()
    if leaving.effective_on > today:
        due_at = at_school_time(leaving.effective_on, time())
        await set_move_timers(tx, school_id, children.classes, due_at=due_at)
    else:
        await follow_moves(tx, school_id, children.classes, now=now)


async def withdraw_children(
    tx: AsyncSession, school_id: UUID, child_ids: Collection[UUID], *, until: date, now: datetime
) -> None:
    """End whatever (locked) children hold, wait for and wish; ``until`` is the first day without it."""
    facts = {"school_id": school_id, "children": list(child_ids), "until": until}
    await tx.execute(_LOCK_OFFERINGS, facts)
    rounds = list(await tx.scalars(_HOLD_ROUNDS, facts))
    for statement in (_UNLINK, _WITHDRAW) if rounds else ():
        await tx.execute(statement, {**facts, "rounds": rounds})
    await moot_entries(tx, school_id, children=child_ids, now=now)
    await tx.execute(_FORGET_CARE, facts)
    places = list(await tx.scalars(_PLACES, facts))
    await end_places(tx, school_id, places, until=until, reason="moved_away", now=now)

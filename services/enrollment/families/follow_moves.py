"""Make children present or absent as their latest move says, on the day that it names."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.roster.take_version import take_version
from services.kernel.clock import school_day
from services.kernel.ids import new_id
from services.kernel.timers import Due, set_timers

CHILD_MOVES = "child_moves"

_LOCK = text(
    "SELECT child_id FROM child WHERE school_id = :school_id AND child_id = ANY(CAST(:children AS uuid[]))"
    " ORDER BY child_id FOR NO KEY UPDATE"
)
# A move that was decided later replaces an earlier one, also one that was still to come.
_MOVED = text(
    "SELECT m.child_id, m.direction <> 'in' AS removed FROM ("
    "  SELECT DISTINCT ON (child_id) child_id, direction, effective_on FROM child_move"
    "   WHERE school_id = :school_id AND child_id = ANY(CAST(:children AS uuid[]))"
    "   ORDER BY child_id, decided_at DESC, move_id DESC) AS m"
    "  JOIN child c ON c.school_id = :school_id AND c.child_id = m.child_id"
    " WHERE m.effective_on <= :today AND c.removed <> (m.direction <> 'in')"
)
_CHILDREN = text(
    "UPDATE child SET removed = :removed, version = :version"
    " WHERE school_id = :school_id AND child_id = ANY(CAST(:children AS uuid[]))"
)
# A guardian of nobody who is there is not there either: who logs in by phone finds no empty school.
_GUARDIANS = text(
    "UPDATE guardian g SET removed = NOT g.removed, version = :version WHERE g.school_id = :school_id"
    " AND g.guardian_id IN (SELECT guardian_id FROM guardianship WHERE school_id = :school_id"
    "   AND child_id = ANY(CAST(:children AS uuid[])))"
    " AND g.removed = EXISTS (SELECT FROM guardianship b JOIN child c USING (school_id, child_id)"
    "   WHERE b.school_id = g.school_id AND b.guardian_id = g.guardian_id AND NOT b.removed AND NOT c.removed)"
)


async def follow_moves(
    tx: AsyncSession, school_id: UUID, child_ids: Collection[UUID], *, now: datetime
) -> None:
    """Put (locked) children on the roster or take them off, where their latest move has come into effect."""
    facts = {"school_id": school_id, "children": list(child_ids), "today": school_day(now)}
    moved = (await tx.execute(_MOVED, facts)).all()
    if not moved:
        return
    version = await take_version(tx, school_id, now=now)
    for removed in (True, False):
        children = [row.child_id for row in moved if row.removed is removed]
        told = {"school_id": school_id, "children": children, "version": version}
        await tx.execute(_CHILDREN, {**told, "removed": removed})
    await follow_children(tx, school_id, [row.child_id for row in moved], version=version)


async def follow_children(
    tx: AsyncSession, school_id: UUID, child_ids: Collection[UUID], *, version: int
) -> None:
    """Put these children's guardians on the roster where any child of theirs is, and take them off where none is."""
    told = {"school_id": school_id, "children": list(child_ids), "version": version}
    await tx.execute(_GUARDIANS, told)


async def set_move_timers(
    tx: AsyncSession, school_id: UUID, child_ids: Collection[UUID], *, due_at: datetime
) -> None:
    """Have the worker look at these children on the day of their move.

    Each call leaves rows of its own: to move one that the worker holds, while it waits for the child, were a circle.
    """
    alarms = [(new_id(), due_at, {"child_id": str(child_id)}) for child_id in sorted(child_ids)]
    await set_timers(tx, school_id=school_id, kind=CHILD_MOVES, alarms=alarms)


async def on_child_moves(tx: AsyncSession, due: Due, *, now: datetime) -> None:
    """Follow one child's latest move; one that was changed meanwhile changes nothing on the old day."""
    child_id = UUID(due.facts["child_id"])
    await tx.execute(_LOCK, {"school_id": due.school_id, "children": [child_id]})
    await follow_moves(tx, due.school_id, [child_id], now=now)


TIMERS = {CHILD_MOVES: on_child_moves}

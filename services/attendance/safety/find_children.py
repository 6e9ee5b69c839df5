"""A missing child was seen: a person did it, so the case is cleared (law 2)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.rules.take_step import Step
from services.contracts.facts.attendance import MissingCleared
from services.kernel.database.transaction import raw
from services.kernel.ids import new_id

SCANNED = "scanned"
"""The reason of a case that ended because somebody received the child."""

CLEAR = """
UPDATE missing_case SET cleared_at = $4, cleared_by = $5, reason = $6
 WHERE school_id = $1 AND service_on = $2 AND child_id = ANY($3::uuid[]) AND cleared_at IS NULL
RETURNING case_id, child_id, told_at
"""


def found_step(seen: Step) -> Step:
    """Return the line that says a missing child is found, to stand before the one by which it was ``seen``."""
    return replace(seen, entry_id=new_id(), kind="found", reason=SCANNED, missing=False, received=None)


def found_here(
    child_id: UUID, actor_id: UUID, device_id: UUID | None, at: datetime, reason: str = SCANNED
) -> Step:
    """Return the line by which somebody says where a missing child is; custody stays as it was."""
    return Step(
        entry_id=new_id(),
        child_id=child_id,
        kind="found",
        method="desk",
        occurred_at=at,
        actor_id=actor_id,
        device_id=device_id,
        reason=reason,
        missing=False,
    )


async def find_children(
    tx: AsyncSession,
    school_id: UUID,
    service_on: date,
    child_ids: Collection[UUID],
    *,
    actor_id: UUID,
    now: datetime,
    reason: str = SCANNED,
) -> list[MissingCleared]:
    """Clear the open cases of these children, whose stays are locked; return what their families must hear.

    Only a family that was told of it hears that it is over. The case's timer finds it cleared and says nothing:
    taking it back from here could wait, in a circle, for a worker that holds it.
    """
    if not child_ids:
        return []
    connection = await raw(tx)
    rows = await connection.fetch(CLEAR, school_id, service_on, list(child_ids), now, actor_id, reason)
    return [
        MissingCleared(
            school_id=school_id,
            case_id=row["case_id"],
            child_id=row["child_id"],
            service_on=service_on,
            reason=reason,
            at=now,
        )
        for row in rows
        if row["told_at"] is not None
    ]

"""End the lateness of children who were released: nothing else ends it (law 2)."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.database.transaction import raw

END = """
UPDATE late_case SET ended_at = greatest(late_since, $4)
 WHERE school_id = $1 AND service_on = $2 AND child_id = ANY($3::uuid[]) AND ended_at IS NULL
"""


async def end_late_cases(
    tx: AsyncSession, school_id: UUID, service_on: date, child_ids: Collection[UUID], *, ended_at: datetime
) -> None:
    """Close the open cases of these children, whose stays this transaction has locked.

    The case's timer is left to find the case ended: the worker holds the timer's row while it waits for the
    case, so that waiting for the timer from here would be a circle.
    """
    await (await raw(tx)).execute(END, school_id, service_on, list(child_ids), ended_at)

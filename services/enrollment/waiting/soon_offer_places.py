"""Have the worker look whether an offering has places to offer to those who wait for it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.ids import new_id
from services.kernel.timers import set_timers

OFFER_PLACES = "offer_places"


async def soon_offer_places(
    tx: AsyncSession, school_id: UUID, offering_ids: Collection[UUID], *, due_at: datetime
) -> None:
    """Look at ``due_at`` (domain clock), if and when this transaction commits.

    Each call leaves a row of its own. One row per offering would be claimed by the worker that then waits for the
    offering, while whoever holds the offering waits to move that row: a circle. To look once more costs little.
    """
    alarms = [(new_id(), due_at, {"offering_id": str(offering)}) for offering in sorted(offering_ids)]
    await set_timers(tx, school_id=school_id, kind=OFFER_PLACES, alarms=alarms)

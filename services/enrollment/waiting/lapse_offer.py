"""An offer that was not taken in time ends, and the place goes on to the next who waits."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.facts.enrollment import OfferLapsed
from services.enrollment.menu.lock_offerings import lock_offerings
from services.enrollment.policy import Policy
from services.enrollment.waiting.offer_places import offer_places
from services.kernel.letters.announce import announce

_OFFERING = text(
    "SELECT offering_id FROM waiting_entry WHERE school_id = :school_id AND entry_id = :entry_id"
)
_LAPSE = text(
    "UPDATE waiting_entry SET state = 'expired', ended_at = :now"
    " WHERE school_id = :school_id AND entry_id = :entry_id AND state = 'offered' AND expires_at <= :now"
    " RETURNING child_id"
)


async def lapse_offer(
    tx: AsyncSession, school_id: UUID, entry_id: UUID, *, policy: Policy, now: datetime
) -> bool:
    """End the offer unless it was taken, declined or moved; returns whether it lapsed."""
    facts = {"school_id": school_id, "entry_id": entry_id, "now": now}
    offering_id = await tx.scalar(_OFFERING, facts)
    await lock_offerings(tx, school_id, [offering_id])
    child_id = await tx.scalar(_LAPSE, facts)
    if child_id is None:
        return False
    lapsed = OfferLapsed(
        school_id=school_id, child_id=child_id, entry_id=entry_id, offering_id=offering_id, at=now
    )
    await announce(tx, lapsed, now=now)
    await offer_places(tx, school_id, offering_id, policy=policy, now=now)
    return True

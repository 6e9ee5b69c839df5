"""What the worker does about waiting lists when its hour comes."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.policy import Policy
from services.enrollment.waiting.lapse_offer import lapse_offer
from services.enrollment.waiting.offer_places import OFFER_EXPIRES, offer_places
from services.enrollment.waiting.soon_offer_places import OFFER_PLACES
from services.kernel.timers import Due, TimerHandler


def offer_timers(policy: Policy) -> Mapping[str, TimerHandler]:
    """Return the handlers: places are offered and offers lapse by the jurisdiction's policy."""

    async def on_offer_places(tx: AsyncSession, due: Due, *, now: datetime) -> None:
        """Look for places to offer."""
        await offer_places(tx, due.school_id, UUID(due.facts["offering_id"]), policy=policy, now=now)

    async def on_offer_expires(tx: AsyncSession, due: Due, *, now: datetime) -> None:
        """End an offer that was not taken."""
        await lapse_offer(tx, due.school_id, due.subject, policy=policy, now=now)

    return {OFFER_PLACES: on_offer_places, OFFER_EXPIRES: on_offer_expires}

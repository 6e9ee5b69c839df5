"""A family lets an offered place go; the next who waits is offered it at once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.waiting.lock_entry import end_entry, lock_entry
from services.enrollment.waiting.rules.offer_answer import answer_objection
from services.enrollment.waiting.soon_offer_places import soon_offer_places


async def decline_offer(
    tx: AsyncSession, school_id: UUID, entry_id: UUID, *, guardian_id: UUID, now: datetime
) -> None:
    """Decline an offer.

    Raises:
        NotYours: an entry of somebody else, or none.
        NoRightToChoose: a guardian without that right.
        NotOfferedYet, OfferTaken, OfferOver, EntryOver: nothing to decline.
    """
    found = await lock_entry(tx, school_id, entry_id, now=now)
    found.children.check(found.child_id, guardian_id)
    if objection := answer_objection(found.entry, found.title, at=now):
        raise objection
    await end_entry(tx, found.entry, "declined", now=now)
    await soon_offer_places(tx, school_id, [found.offering_id], due_at=now)

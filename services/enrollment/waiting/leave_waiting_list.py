"""A family stops waiting for an offering."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.waiting.errors import EntryOver
from services.enrollment.waiting.lock_entry import end_entry, lock_entry
from services.enrollment.waiting.soon_offer_places import soon_offer_places


async def leave_waiting_list(
    tx: AsyncSession, school_id: UUID, entry_id: UUID, *, guardian_id: UUID, now: datetime
) -> None:
    """End an entry; a place that was reserved for it goes to the next.

    Raises:
        NotYours: an entry of somebody else, or none.
        NoRightToChoose: a guardian without that right.
        EntryOver: it has ended already.
    """
    found = await lock_entry(tx, school_id, entry_id, now=now)
    found.children.check(found.child_id, guardian_id)
    if found.entry["state"] not in {"waiting", "offered"}:
        raise EntryOver(offering=found.title)
    await end_entry(tx, found.entry, "left", now=now)
    if found.entry["state"] == "offered":
        await soon_offer_places(tx, school_id, [found.offering_id], due_at=now)

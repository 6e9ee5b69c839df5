"""An officer has a free place offered to one child out of turn, with a reason on file."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.policy import Policy
from services.enrollment.selection.free_places import free_places
from services.enrollment.waiting.errors import EntryOver, NoPlaceToOffer, OfferedAlready
from services.enrollment.waiting.lock_entry import lock_entry
from services.enrollment.waiting.offer_places import offer_to
from services.enrollment.words import moment_text
from services.kernel.clock import school_day

_NOTE = text(
    "UPDATE waiting_entry SET promoted_by = :by, promoted_because = :reason"
    " WHERE school_id = :school_id AND entry_id = :entry_id"
)


async def promote_entry(
    tx: AsyncSession, school_id: UUID, entry_id: UUID, *, by: UUID, reason: str, policy: Policy, now: datetime
) -> UUID:
    """Offer a free place to this entry before those ahead of it; the family still has to accept. Returns the offering.

    Raises:
        NotYours: no such entry at this school.
        OfferedAlready, EntryOver: it does not wait any more.
        NoPlaceToOffer: every place is taken, reserved or held back.
    """
    found = await lock_entry(tx, school_id, entry_id, now=now)
    if found.entry["state"] == "offered":
        until = found.entry["expires_at"]
        raise OfferedAlready(offering=found.title, expires_at=until.isoformat(), until=moment_text(until))
    if found.entry["state"] != "waiting":
        raise EntryOver(offering=found.title)
    since = max(school_day(now), found.club.first_on)
    free = await free_places(tx, school_id, [found.offering_id], since=since, now=now)
    if free[found.offering_id] <= 0 or found.club.state != "published":
        raise NoPlaceToOffer(offering=found.title)
    note = {"school_id": school_id, "entry_id": entry_id, "by": by, "reason": reason}
    await tx.execute(_NOTE, note)
    chosen = [(entry_id, found.child_id, found.entry["tier"])]
    await offer_to(tx, school_id, found.club, chosen, policy=policy, now=now)
    return found.offering_id

"""An officer has a free place offered to one child out of turn, with a reason on file."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.policy import Policy
from services.enrollment.schools.tables import Term
from services.enrollment.selection.free_places import free_places
from services.enrollment.waiting.errors import EntryOver, NoPlaceToOffer
from services.enrollment.waiting.lock_entry import lock_entry
from services.enrollment.waiting.offer_places import offer_to
from services.kernel.clock import school_day

_NOTE = text(
    "UPDATE waiting_entry SET promoted_by = :by, promoted_because = :reason"
    " WHERE school_id = :school_id AND entry_id = :entry_id"
)


async def promote_entry(
    tx: AsyncSession, school_id: UUID, entry_id: UUID, *, by: UUID, reason: str, policy: Policy, now: datetime
) -> None:
    """Offer a free place to this entry before those ahead of it; the family still has to accept.

    Raises:
        NotYours: no such entry at this school.
        EntryOver: it does not wait any more, or has an offer already.
        NoPlaceToOffer: every place is taken, reserved or held back.
    """
    found = await lock_entry(tx, school_id, entry_id)
    offering = found.offering
    offering_id = offering["offering_id"]
    if found.entry["state"] != "waiting":
        raise EntryOver(offering=offering["title"])
    term = await tx.get_one(Term, (school_id, offering["term_id"]))
    since = max(school_day(now), term.starts_on)
    free = (await free_places(tx, school_id, [offering_id], since=since, now=now))[offering_id]
    if free <= 0 or offering["state"] != "published":
        raise NoPlaceToOffer(offering=offering["title"])
    await tx.execute(
        _NOTE, {"school_id": school_id, "entry_id": entry_id, "by": by, "reason": reason.strip()}
    )
    chosen = [(entry_id, found.child_id, found.entry["tier"])]
    await offer_to(tx, offering, term, chosen, policy=policy, now=now)

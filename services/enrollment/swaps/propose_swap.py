"""A family proposes to give a place of its child for a place in another offering."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.selection.errors import UnknownPlace
from services.enrollment.swaps.errors import AlreadyProposed
from services.enrollment.swaps.lock_exchange import lock_exchange, offer_pending
from services.enrollment.swaps.rules.exchange import exchange_bar, exchange_day, exchange_objection
from services.kernel.clock import school_day
from services.kernel.ids import new_id
from services.kernel.problems import Refusal

_OPEN = text(
    "SELECT swap_id FROM swap_proposal WHERE school_id = :school_id AND place_id = :place_id"
    " AND wants_id = :wants_id AND state = 'open'"
)
_PROPOSE = text(
    "INSERT INTO swap_proposal (school_id, swap_id, place_id, gives_id, wants_id, child_id, proposed_by, proposed_at,"
    " state) VALUES (:school_id, :swap_id, :place_id, :gives_id, :wants_id, :child_id, :guardian_id, :now, 'open')"
)


async def propose_swap(
    tx: AsyncSession, school_id: UUID, place_id: UUID, wants_id: UUID, *, guardian_id: UUID, now: datetime
) -> UUID:
    """Show the proposal to families with a place in ``wants_id``; returns its id. The place stays the child's.

    Raises:
        NotYours, NoRightToChoose: not this guardian's to give.
        UnknownPlace: the place ends.
        UnknownOffering, OfferingNotOpen, CareIsAskedFor, SwapNotNow, SwapTooLate: no places to exchange.
        PlaceHeld, ChildBusy, MostClubsHeld, NotForThisGrade, NotForThisClass, ForInvitedOnly: as for a claim.
        OfferPending: a place is reserved for the child anyway.
        AlreadyProposed: said before.
    """
    found = await lock_exchange(tx, school_id, [place_id], wants_id, now=now)
    place = found.places[place_id]
    found.children.check(place.child_id, guardian_id)
    if place.until_on is not None:
        raise UnknownPlace
    for offering_id in (place.offering_id, wants_id):
        if bar := exchange_bar(found.clubs.get(offering_id)):
            raise bar
    given, wanted = found.clubs[place.offering_id], found.clubs[wants_id]
    since = exchange_day(given, wanted, begun=found.begun(), today=school_day(now))
    if isinstance(since, Refusal):
        raise since
    child, held = found.child(place_id), found.holds(place_id)
    if objection := exchange_objection(wanted, child, held, gives=place_id, since=since):
        raise objection
    if pending := await offer_pending(tx, school_id, place.child_id, wanted):
        raise pending
    facts = {"school_id": school_id, "place_id": place_id, "wants_id": wants_id}
    if (swap_id := await tx.scalar(_OPEN, facts)) is not None:
        raise AlreadyProposed(offering=wanted.title, swap_id=swap_id)
    swap_id = new_id()
    mine = {"swap_id": swap_id, "gives_id": place.offering_id, "child_id": place.child_id}
    await tx.execute(_PROPOSE, {**facts, **mine, "guardian_id": guardian_id, "now": now})
    return swap_id

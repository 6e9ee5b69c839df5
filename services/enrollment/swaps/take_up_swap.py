"""A family takes up a proposal: two places change hands on one day, in one transaction."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.selection.end_places import end_places
from services.enrollment.selection.errors import UnknownPlace
from services.enrollment.selection.write_places import NewPlace, write_places
from services.enrollment.swaps.errors import OtherFamilyCannot, SwapGone
from services.enrollment.swaps.lock_exchange import Exchange, lock_exchange, offer_pending
from services.enrollment.swaps.rules.exchange import exchange_bar, exchange_day, exchange_objection
from services.kernel.clock import school_day
from services.kernel.problems import NotYours, Refusal

_OF_SWAP = "WHERE school_id = :school_id AND swap_id = :swap_id"
_KNOWN = text(f"SELECT place_id, wants_id FROM swap_proposal {_OF_SWAP}")  # noqa: S608 - our own words
LOCK_SWAP = f"SELECT * FROM swap_proposal {_OF_SWAP} FOR NO KEY UPDATE"  # noqa: S608 - our own words
_DONE = text(
    "UPDATE swap_proposal SET state = 'done', ended_at = :now, taken_place_id = :own, taken_by = :by"
    " WHERE school_id = :school_id AND swap_id = :swap_id"
)


async def take_up_swap(
    tx: AsyncSession,
    school_id: UUID,
    swap_id: UUID,
    place_id: UUID,
    *,
    guardian_id: UUID,
    request_id: UUID | None = None,
    now: datetime,
) -> UUID:
    """Give ``place_id`` for the proposed one, from the next possible day on; returns the own child's new place.

    Everything is judged again under the locks, for both children. Capacities do not change.

    Raises:
        NotYours: no such proposal for a place of one's own.
        NoRightToChoose: a guardian without that right.
        SwapGone: taken by another family, withdrawn, or its place ends.
        UnknownPlace: the own place ends.
        OfferingNotOpen, SwapNotNow, SwapTooLate: no places to exchange now.
        PlaceHeld, ChildBusy, MostClubsHeld, NotForThisGrade, NotForThisClass, ForInvitedOnly: as for a claim.
        OfferPending: a place is reserved for the own child anyway.
        OtherFamilyCannot: something of this stands against the other child; what, is not told.
    """
    facts = {"school_id": school_id, "swap_id": swap_id}
    known = (await tx.execute(_KNOWN, facts)).one_or_none()
    if known is None or known.place_id == place_id:
        raise NotYours
    found = await lock_exchange(tx, school_id, [known.place_id, place_id], known.wants_id, now=now)
    theirs, own = found.places[known.place_id], found.places[place_id]
    found.children.check(own.child_id, guardian_id)
    if own.offering_id != known.wants_id or own.child_id == theirs.child_id:
        raise NotYours
    swap = (await tx.execute(text(LOCK_SWAP), facts)).one()
    if swap.state != "open" or theirs.until_on is not None:
        raise SwapGone
    if own.until_on is not None:
        raise UnknownPlace
    since = await _judge(tx, school_id, found, swap, place_id, now=now)
    await tx.execute(_DONE, {**facts, "own": place_id, "by": guardian_id, "now": now})
    both = [place_id, theirs.place_id]
    await end_places(tx, school_id, both, until=since, reason="swapped", now=now)
    fresh = [
        _place(found, own, theirs, guardian_id, request_id),
        _place(found, theirs, own, swap.proposed_by, None),
    ]
    new_own, _ = await write_places(tx, school_id, fresh, since=since, now=now)
    return new_own


async def _judge(
    tx: AsyncSession, school_id: UUID, found: Exchange, swap: Any, place_id: UUID, *, now: datetime
) -> date:
    """Return the day of the exchange, or raise what stands against it on either side."""
    given, wanted = found.clubs[swap.gives_id], found.clubs[swap.wants_id]
    for club in (given, wanted):
        if bar := exchange_bar(club):
            raise bar
    since = exchange_day(given, wanted, begun=found.begun(), today=school_day(now))
    if isinstance(since, Refusal):
        raise since
    own, theirs = found.child(place_id), found.child(swap.place_id)
    if objection := exchange_objection(given, own, found.holds(place_id), gives=place_id, since=since):
        raise objection
    if pending := await offer_pending(tx, school_id, own[0], given):
        raise pending
    barred = (
        found.children.objection(theirs[0], swap.proposed_by)
        or exchange_objection(wanted, theirs, found.holds(swap.place_id), gives=swap.place_id, since=since)
        or await offer_pending(tx, school_id, theirs[0], wanted)
    )
    if barred:
        raise OtherFamilyCannot
    return since


def _place(found: Exchange, giver: Any, taken: Any, guardian_id: UUID, request_id: UUID | None) -> NewPlace:
    """Return the place that the child of ``giver`` gets for its own: one like ``taken``."""
    club = found.clubs[taken.offering_id]
    return NewPlace(
        child_id=giver.child_id,
        offering_id=taken.offering_id,
        weekdays=club.weekdays,
        chosen_by=guardian_id,
        came_by="swap",
        request_id=request_id,
    )

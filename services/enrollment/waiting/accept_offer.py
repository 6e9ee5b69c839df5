"""A family takes the place that was reserved for its child, by one tap."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.selection.errors import OfferingNotOpen
from services.enrollment.selection.held_clubs import held_clubs
from services.enrollment.selection.rules.judge_claim import begins_on, judge_claim
from services.enrollment.selection.write_places import NewPlace, write_places
from services.enrollment.waiting.lock_entry import LockedEntry, end_entry, lock_entry
from services.enrollment.waiting.rules.offer_answer import answer_objection
from services.kernel.clock import school_day
from services.kernel.problems import Refusal


async def accept_offer(
    tx: AsyncSession,
    school_id: UUID,
    entry_id: UUID,
    *,
    guardian_id: UUID,
    request_id: UUID | None = None,
    now: datetime,
) -> UUID:
    """Give the child the reserved place from today on; returns the place's id.

    Where something stands against it (another club at that time, enough clubs), that is named and the offer stays
    open: the family gives the other up and taps again.

    Raises:
        NotYours: an entry of somebody else, or none.
        NoRightToChoose: a guardian without that right.
        NotOfferedYet, OfferTaken, OfferOver, EntryOver: nothing to accept.
        OfferingNotOpen, DateNotPossible: it was withdrawn, or its term is over.
        PlaceHeld, ChildBusy, MostClubsHeld, NotForThisGrade, NotForThisClass, ForInvitedOnly: as for a claim.
    """
    found = await lock_entry(tx, school_id, entry_id, now=now)
    found.children.check(found.child_id, guardian_id)
    if objection := answer_objection(found.entry, found.title, at=now):
        raise objection
    club = found.club
    if club.state != "published":
        raise OfferingNotOpen(offering=found.title, offering_id=found.offering_id)
    since = begins_on(club, None, today=school_day(now))
    if isinstance(since, Refusal):
        raise since
    held = (await held_clubs(tx, school_id, [found.child_id], since=since)).get(found.child_id, [])
    in_class = found.children.classes[found.child_id]
    if objection := judge_claim(club, found.child_id, in_class, held, since=since):
        raise objection
    place = _place(found, guardian_id, request_id)
    await end_entry(tx, found.entry, "taken", place_id=place.place_id, now=now)
    await write_places(tx, school_id, [place], since=since, now=now)
    return place.place_id


def _place(found: LockedEntry, guardian_id: UUID, request_id: UUID | None) -> NewPlace:
    standing = found.club.standing
    return NewPlace(
        child_id=found.child_id,
        offering_id=found.offering_id,
        weekdays=found.club.weekdays,
        chosen_by=guardian_id,
        came_by="offer",
        round_id=None if standing is None else standing.round_id,
        request_id=request_id,
    )

"""A family has a child wait for an offering that is full."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.families.priority_tier import tier_of
from services.enrollment.menu.errors import UnknownOffering
from services.enrollment.policy import Policy
from services.enrollment.selection.errors import PlaceHeld
from services.enrollment.selection.free_places import seats_of
from services.enrollment.selection.lock_children import lock_children
from services.enrollment.selection.read_clubs import lock_clubs
from services.enrollment.selection.rules.eligibility import unfit
from services.enrollment.selection.rules.judge_claim import Club, begins_on, not_claimable
from services.enrollment.waiting.errors import AlreadyWaiting, PlacesStillFree, WaitsForEnough
from services.kernel.clock import school_day
from services.kernel.ids import new_id
from services.kernel.problems import Refusal

_OWN = text(
    "SELECT (SELECT place_id FROM place WHERE school_id = :school_id AND offering_id = :offering_id"
    "         AND child_id = :child_id AND (until_on IS NULL OR until_on > greatest(from_on, CAST(:since AS date)))"
    "         LIMIT 1) AS place_id,"
    "       (SELECT entry_id FROM waiting_entry WHERE school_id = :school_id AND offering_id = :offering_id"
    "         AND child_id = :child_id AND state IN ('waiting', 'offered')) AS entry_id,"
    "       (SELECT count(*) FROM waiting_entry WHERE school_id = :school_id AND child_id = :child_id"
    "         AND state IN ('waiting', 'offered')) AS entries,"
    "       CAST(:child_id AS uuid) AS child_id"
)
_JOIN = text(
    "INSERT INTO waiting_entry (school_id, entry_id, offering_id, child_id, tier, since, state, asked_by, request_id)"
    " VALUES (:school_id, :entry_id, :offering_id, :child_id, :tier, :now, 'waiting', :asked_by, :request_id)"
)


@dataclass(frozen=True)
class Joining:
    """A guardian wants a child to wait for an offering; ``request_id`` where staff recorded it (R03)."""

    offering_id: UUID
    child_id: UUID
    guardian_id: UUID
    request_id: UUID | None = None


async def join_waiting_list(
    tx: AsyncSession, school_id: UUID, joining: Joining, *, policy: Policy, now: datetime
) -> UUID:
    """Put the child on the offering's list; returns the entry's id. A clash is looked at when a place is accepted.

    Raises:
        NotYours, NoRightToChoose: not this guardian's to choose.
        UnknownOffering, OfferingNotOpen, CareIsAskedFor: nothing to wait for.
        RoundNotOpenYet, WishesInstead, RoundClosedForNow: its round is not so far.
        NotForThisGrade, NotForThisClass, ForInvitedOnly: not for this child.
        PlaceHeld, AlreadyWaiting, WaitsForEnough: the child has it, waits for it, or for enough else.
        PlacesStillFree: nobody needs to wait.
    """
    children = await lock_children(tx, school_id, [joining.child_id])
    children.check(joining.child_id, joining.guardian_id)
    clubs = await lock_clubs(tx, school_id, [joining.offering_id], [joining.child_id], now=now)
    club = clubs.get(joining.offering_id)
    bar = not_claimable(club, asked_at=now)
    if club is None or bar is not None:
        raise bar or UnknownOffering
    since = begins_on(club, None, today=school_day(now))
    if isinstance(since, Refusal):
        raise since
    facts = {"school_id": school_id, "offering_id": joining.offering_id, "child_id": joining.child_id}
    own = (await tx.execute(_OWN, {**facts, "since": since})).one()
    in_class = children.classes[joining.child_id]
    if objection := _objection(club, own, in_class, policy.waiting_list.most_entries):
        raise objection
    seats = (await seats_of(tx, school_id, [joining.offering_id], since=since, now=now))[joining.offering_id]
    if seats.free > 0 and not seats.waited_for:
        raise PlacesStillFree(offering=club.title, offering_id=joining.offering_id, free=seats.free)
    tiers = await tier_of(tx, school_id, [joining.child_id], policy=policy)
    entry_id = new_id()
    mine = {"entry_id": entry_id, "asked_by": joining.guardian_id, "request_id": joining.request_id}
    await tx.execute(_JOIN, {**facts, **mine, "tier": tiers[joining.child_id], "now": now})
    return entry_id


def _objection(club: Club, own: Any, in_class: tuple[int, str], most: int) -> Refusal | None:
    """Return what stands against this child's waiting: whom the club is for, and what it has already."""
    grade, class_name = in_class
    title = club.title
    if no := unfit(club.audience, grade=grade, class_name=class_name, invited=own.child_id in club.invited):
        return no
    if own.place_id is not None:
        return PlaceHeld(offering=title, offering_id=club.offering_id, place_id=own.place_id)
    if own.entry_id is not None:
        return AlreadyWaiting(offering=title, entry_id=own.entry_id)
    return WaitsForEnough(most=most) if own.entries >= most else None

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
from services.enrollment.rounds.round_of_offerings import standing_of
from services.enrollment.rounds.rules.phase import claim_bar
from services.enrollment.selection.effective_day import effective_day
from services.enrollment.selection.errors import CareIsAskedFor, OfferingNotOpen, PlaceHeld
from services.enrollment.selection.free_places import free_places
from services.enrollment.selection.lock_children import ChosenFor, lock_children
from services.enrollment.selection.rules.eligibility import Audience, unfit
from services.enrollment.waiting.errors import AlreadyWaiting, PlacesStillFree, WaitsForEnough
from services.enrollment.waiting.lock_offerings import lock_offerings
from services.kernel.ids import new_id

_OWN = text(
    "SELECT (SELECT place_id FROM place WHERE school_id = :school_id AND offering_id = :offering_id"
    "         AND child_id = :child_id AND (until_on IS NULL OR until_on > greatest(from_on, CAST(:since AS date)))"
    "         LIMIT 1) AS place_id,"
    "       (SELECT entry_id FROM waiting_entry WHERE school_id = :school_id AND offering_id = :offering_id"
    "         AND child_id = :child_id AND state IN ('waiting', 'offered')) AS entry_id,"
    "       (SELECT count(*) FROM waiting_entry WHERE school_id = :school_id AND child_id = :child_id"
    "         AND state IN ('waiting', 'offered')) AS entries,"
    "       EXISTS (SELECT FROM offering_invitation WHERE school_id = :school_id"
    "         AND offering_id = :offering_id AND child_id = :child_id) AS invited"
)
_ANYBODY = text(
    "SELECT EXISTS (SELECT FROM waiting_entry WHERE school_id = :school_id AND offering_id = :offering_id"
    " AND state = 'waiting')"
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
    offering = await _lock_open(tx, school_id, joining.offering_id, now=now)
    since = await effective_day(tx, school_id, None, now=now)
    facts = {"school_id": school_id, "offering_id": joining.offering_id, "child_id": joining.child_id}
    own = (await tx.execute(_OWN, {**facts, "since": since})).one()
    _check_child(offering, own, children, joining.child_id, most=policy.waiting_list.most_entries)
    free = (await free_places(tx, school_id, [joining.offering_id], since=since, now=now))[
        joining.offering_id
    ]
    if free > 0 and not await tx.scalar(_ANYBODY, facts):
        raise PlacesStillFree(offering=offering["title"], offering_id=joining.offering_id, free=free)
    tiers = await tier_of(tx, school_id, [joining.child_id], policy=policy)
    entry_id = new_id()
    mine = {"entry_id": entry_id, "asked_by": joining.guardian_id, "request_id": joining.request_id}
    await tx.execute(_JOIN, {**facts, **mine, "tier": tiers[joining.child_id], "now": now})
    return entry_id


async def _lock_open(
    tx: AsyncSession, school_id: UUID, offering_id: UUID, *, now: datetime
) -> dict[str, Any]:
    """Lock the offering, and see that its places are given one by one now."""
    offering = (await lock_offerings(tx, school_id, [offering_id])).get(offering_id)
    if offering is None or offering["state"] in {"proposed", "refused", "draft"}:
        raise UnknownOffering
    if offering["state"] != "published":
        raise OfferingNotOpen(offering=offering["title"], offering_id=offering_id)
    if offering["basic"]:
        raise CareIsAskedFor(offering=offering["title"], offering_id=offering_id)
    standing = (await standing_of(tx, school_id, [offering_id], now=now)).get(offering_id)
    if bar := claim_bar(standing, offering=offering["title"], offering_id=offering_id):
        raise bar
    return offering


def _check_child(
    offering: dict[str, Any], own: Any, children: ChosenFor, child_id: UUID, *, most: int
) -> None:
    title = offering["title"]
    grade, class_name = children.classes[child_id]
    audience = Audience(
        offering["offering_id"],
        title,
        tuple(offering["grades"]),
        None if offering["classes"] is None else tuple(offering["classes"]),
        offering["by_invitation"],
    )
    if objection := unfit(audience, grade=grade, class_name=class_name, invited=own.invited):
        raise objection
    if own.place_id is not None:
        raise PlaceHeld(offering=title, offering_id=audience.offering_id, place_id=own.place_id)
    if own.entry_id is not None:
        raise AlreadyWaiting(offering=title, entry_id=own.entry_id)
    if own.entries >= most:
        raise WaitsForEnough(most=most)

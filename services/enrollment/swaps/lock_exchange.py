"""Read places to be exchanged, under the locks of their children and offerings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.selection.held_clubs import held_clubs
from services.enrollment.selection.lock_children import ChosenFor, lock_children
from services.enrollment.selection.read_clubs import lock_clubs
from services.enrollment.selection.rules.claim_objection import Held
from services.enrollment.selection.rules.judge_claim import Club
from services.enrollment.swaps.errors import OfferPending
from services.kernel.clock import school_day
from services.kernel.problems import NotYours

_OF_PLACES = "FROM place WHERE school_id = :school_id AND place_id = ANY(CAST(:places AS uuid[]))"
_KNOWN = text(f"SELECT place_id, child_id, offering_id {_OF_PLACES}")
LOCK_PLACES = (
    f"SELECT place_id, child_id, offering_id, from_on, until_on {_OF_PLACES}"
    " ORDER BY place_id FOR NO KEY UPDATE"
)
_OFFERED = text(
    "SELECT entry_id FROM waiting_entry WHERE school_id = :school_id AND child_id = :child_id"
    " AND offering_id = :offering_id AND state = 'offered'"
)


@dataclass(frozen=True)
class Exchange:
    """Places by id, clubs by id, what the children hold: as they stand once nobody else can change them."""

    places: Mapping[UUID, Any]
    clubs: Mapping[UUID, Club]
    children: ChosenFor
    held: Mapping[UUID, list[Held]]

    def child(self, place_id: UUID) -> tuple[UUID, int, str]:
        """Return (id, grade, class name) of who holds a place."""
        child_id: UUID = self.places[place_id].child_id
        return (child_id, *self.children.classes[child_id])

    def holds(self, place_id: UUID) -> list[Held]:
        """Return all clubs of who holds a place."""
        return self.held.get(self.places[place_id].child_id, [])

    def begun(self) -> list[date]:
        """Return the days on which the places begin."""
        return [place.from_on for place in self.places.values()]


async def lock_exchange(
    tx: AsyncSession, school_id: UUID, places: Collection[UUID], wants_id: UUID, *, now: datetime
) -> Exchange:
    """Lock the children of the places, then their offerings and the wanted one, then the places.

    Raises:
        NotYours: no such place at this school; the same as another family's.
    """
    facts = {"school_id": school_id, "places": list(places)}
    known = (await tx.execute(_KNOWN, facts)).all()
    if len(known) < len(set(places)):
        raise NotYours
    who = {row.child_id for row in known}
    children = await lock_children(tx, school_id, who)
    clubs = await lock_clubs(tx, school_id, {wants_id, *(row.offering_id for row in known)}, who, now=now)
    locked = (await tx.execute(text(LOCK_PLACES), facts)).all()
    held = await held_clubs(tx, school_id, who, since=school_day(now))
    return Exchange({row.place_id: row for row in locked}, clubs, children, held)


async def offer_pending(
    tx: AsyncSession, school_id: UUID, child_id: UUID, wanted: Club
) -> OfferPending | None:
    """Return that a place of the wanted club is reserved for the child anyway, or None."""
    facts = {"school_id": school_id, "child_id": child_id, "offering_id": wanted.offering_id}
    entry_id = await tx.scalar(_OFFERED, facts)
    return None if entry_id is None else OfferPending(offering=wanted.title, entry_id=entry_id)

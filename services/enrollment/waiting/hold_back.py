"""Pass on places that were given up: at once, or at the time that their round announced."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.rounds.round_of_offerings import standing_of
from services.enrollment.waiting.rules.offer_length import comes_back_at
from services.enrollment.waiting.soon_offer_places import soon_offer_places
from services.kernel.clock import at_school_time

_HOLD = text(
    "INSERT INTO held_back_place (school_id, place_id, offering_id, back_at)"
    " VALUES (:school_id, :place_id, :offering_id, :back_at) ON CONFLICT (school_id, place_id) DO NOTHING"
)


async def hold_back(
    tx: AsyncSession, school_id: UUID, ended: Sequence[tuple[UUID, UUID]], *, until: date, now: datetime
) -> None:
    """Have places (offering, place) that end on ``until`` offered to who waits, as soon as they can be had.

    Where the round frees places at one time of the day, they count as taken until then: who gives a place up
    cannot hand it to a friend who stands ready.
    """
    free_from = max(now, at_school_time(until, time()))
    standings = await standing_of(tx, school_id, {offering for offering, _ in ended}, now=now)
    held: list[dict[str, Any]] = []
    due: defaultdict[datetime, set[UUID]] = defaultdict(set)
    for offering_id, place_id in ended:
        standing = standings.get(offering_id)
        back_at = comes_back_at(free_from, standing.frees_at if standing else None)
        due[back_at].add(offering_id)
        if back_at > free_from:
            facts = {"place_id": place_id, "offering_id": offering_id, "back_at": back_at}
            held.append({"school_id": school_id, **facts})
    if held:
        await tx.execute(_HOLD, held)
    for due_at, offerings in due.items():
        await soon_offer_places(tx, school_id, offerings, due_at=due_at)

"""How many places of some offerings can still be given?"""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.database.transaction import raw

_SEATS = (
    "SELECT o.offering_id, o.capacity"
    "   - (SELECT count(DISTINCT p.child_id) FROM place p"
    "       WHERE p.school_id = $1 AND p.offering_id = o.offering_id"
    "         AND (p.until_on IS NULL OR p.until_on > greatest(p.from_on, $3::date)))"
    "   - (SELECT count(*) FROM waiting_entry w"
    "       WHERE w.school_id = $1 AND w.offering_id = o.offering_id AND w.state = 'offered')"
    "   - (SELECT count(*) FROM held_back_place h"
    "       WHERE h.school_id = $1 AND h.offering_id = o.offering_id AND h.back_at > $4),"
    "   EXISTS (SELECT FROM waiting_entry w"
    "       WHERE w.school_id = $1 AND w.offering_id = o.offering_id AND w.state = 'waiting')"
    "  FROM offering o WHERE o.school_id = $1 AND o.offering_id = ANY($2::uuid[])"
)


class Seats(NamedTuple):
    """Places that can be given, and whether somebody waits for one."""

    free: int
    waited_for: bool


async def seats_of(
    tx: AsyncSession, school_id: UUID, offering_ids: Collection[UUID], *, since: date, now: datetime
) -> dict[UUID, Seats]:
    """Return the seats of each offering, as `free_places` counts them."""
    rows = await (await raw(tx)).fetch(_SEATS, school_id, list(offering_ids), since, now)
    return {offering_id: Seats(free, waited_for) for offering_id, free, waited_for in rows}


async def free_places(
    tx: AsyncSession, school_id: UUID, offering_ids: Collection[UUID], *, since: date, now: datetime
) -> dict[UUID, int]:
    """Return capacity less the children with a place on ``since`` or later, live offers and places held back.

    Exact under the offerings' lock, otherwise a hint. Below zero where the school took seats away.
    """
    found = await seats_of(tx, school_id, offering_ids, since=since, now=now)
    return {offering_id: seats.free for offering_id, seats in found.items()}

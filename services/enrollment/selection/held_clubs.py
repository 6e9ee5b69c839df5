"""Which clubs do children have, now or later?"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.selection.rules.claim_objection import Held
from services.kernel.database.transaction import raw

_HELD = (
    "SELECT p.child_id, p.place_id, p.offering_id, o.title, p.weekdays, o.starts, o.ends, p.from_on,"
    "       least(p.until_on, t.ends_on + 1)"
    "  FROM place p JOIN offering o USING (school_id, offering_id) JOIN term t USING (school_id, term_id)"
    " WHERE p.school_id = $1 AND p.child_id = ANY($2::uuid[]) AND NOT o.basic"
    "   AND least(p.until_on, t.ends_on + 1) > greatest(p.from_on, $3::date)"
)


async def held_clubs(
    tx: AsyncSession, school_id: UUID, children: Collection[UUID], *, since: date
) -> dict[UUID, list[Held]]:
    """Return the clubs that the children have on ``since`` or later; a child without any is not in the answer.

    A club ends with its term: next term's may lie in the same hours.
    """
    held: dict[UUID, list[Held]] = {}
    for child_id, place_id, offering_id, title, weekdays, *times in await (await raw(tx)).fetch(
        _HELD, school_id, list(children), since
    ):
        known = Held(place_id, offering_id, title, tuple(weekdays), *times)
        held.setdefault(child_id, []).append(known)
    return held

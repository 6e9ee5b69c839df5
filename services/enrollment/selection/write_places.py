"""Write the places that children were given, whichever way they came by them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.facts.enrollment import PlaceGiven
from services.enrollment.roster.take_version import take_version
from services.enrollment.selection.mark_care_due import mark_care_due
from services.enrollment.waiting.moot_entries import moot_entries
from services.kernel.database.transaction import raw
from services.kernel.ids import new_id
from services.kernel.letters.announce import announce

CameBy = Literal["claim", "draw", "offer", "swap"]

# Weekdays travel as text: PostgreSQL has no array of arrays of different lengths.
_WRITE = (
    "INSERT INTO place (school_id, place_id, offering_id, child_id, weekdays, from_on, chosen_by, chosen_at,"
    " came_by, round_id, request_id, version)"
    " SELECT $1, place_id, offering_id, child_id, weekdays::smallint[], from_on, chosen_by, $2, came_by,"
    " round_id, request_id, $3 FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::date[],"
    " $9::uuid[], $10::text[], $11::uuid[], $12::uuid[]) AS given (place_id, offering_id, child_id, weekdays,"
    " from_on, chosen_by, came_by, round_id, request_id)"
)


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A place that a child is given; ``from_on`` where it differs from the others' day."""

    child_id: UUID
    offering_id: UUID
    weekdays: Sequence[int]
    chosen_by: UUID
    came_by: CameBy
    round_id: UUID | None = None
    request_id: UUID | None = None
    from_on: date | None = None
    place_id: UUID = field(default_factory=new_id)


async def write_places(
    tx: AsyncSession, school_id: UUID, places: Sequence[NewPlace], *, since: date, now: datetime
) -> list[UUID]:
    """Write places from ``since`` on under one version and tell the families; returns their ids, in order.

    Children and offerings are locked by the caller, who has judged that each may be given: nothing is judged here.
    Basic care gives way (`mark_care_due`), and the children wait for these offerings no longer.

    Raises:
        asyncpg.UniqueViolationError: a child holds such a place already.
    """
    if not places:
        return []
    version = await take_version(tx, school_id, now=now)
    ids = [place.place_id for place in places]
    begins = [place.from_on or since for place in places]
    await (await raw(tx)).execute(
        _WRITE,
        school_id,
        now,
        version,
        ids,
        [place.offering_id for place in places],
        [place.child_id for place in places],
        ["{" + ",".join(map(str, place.weekdays)) + "}" for place in places],
        begins,
        [place.chosen_by for place in places],
        [place.came_by for place in places],
        [place.round_id for place in places],
        [place.request_id for place in places],
    )
    due: dict[UUID, date] = {}
    for place, begin in zip(places, begins, strict=True):
        due[place.child_id] = min(begin, due.get(place.child_id, begin))
    await mark_care_due(tx, school_id, due, now=now)
    held = [(place.child_id, place.offering_id) for place in places]
    await moot_entries(tx, school_id, held=held, now=now)
    told = [
        PlaceGiven(
            school_id=school_id,
            child_id=place.child_id,
            place_id=place_id,
            offering_id=place.offering_id,
            came_by=place.came_by,
            from_on=begin,
            at=now,
        )
        for place, place_id, begin in zip(places, ids, begins, strict=True)
    ]
    await announce(tx, *told, now=now)
    return ids

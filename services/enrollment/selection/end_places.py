"""End places, for whatever reason: care takes the hours back, and somebody else may have the seats."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.facts.enrollment import PlaceLost
from services.enrollment.roster.take_version import take_version
from services.enrollment.selection.mark_care_due import mark_care_due
from services.enrollment.swaps.moot_swaps import moot_swaps
from services.enrollment.waiting.hold_back import hold_back
from services.kernel.database.transaction import raw
from services.kernel.letters.announce import announce

Reason = Literal["given_up", "swapped", "withdrawn", "moved_away"]

_END = (
    "UPDATE place p SET until_on = greatest(p.from_on, $3::date), version = $4 FROM offering o"
    " WHERE p.school_id = $1 AND p.place_id = ANY($2::uuid[])"
    "   AND o.school_id = p.school_id AND o.offering_id = p.offering_id"
    "   AND (p.until_on IS NULL OR p.until_on > greatest(p.from_on, $3::date))"
    " RETURNING p.place_id, p.child_id, p.offering_id, p.until_on, o.basic"
)


async def end_places(
    tx: AsyncSession,
    school_id: UUID,
    place_ids: Collection[UUID],
    *,
    until: date,
    reason: Reason,
    now: datetime,
) -> None:
    """End places of (locked) children: ``until`` is the first day without them; one not begun yet never begins.

    Places that end earlier anyway stay as they are. Families are told of clubs only: basic care follows by itself.
    Freed places go to who waits (`waiting.hold_back`); swapped ones are not freed.
    """
    if not place_ids:
        return
    version = await take_version(tx, school_id, now=now)
    rows = await (await raw(tx)).fetch(_END, school_id, list(place_ids), until, version)
    await mark_care_due(tx, school_id, {row["child_id"]: until for row in rows}, now=now)
    clubs = [row for row in rows if not row["basic"]]
    await moot_swaps(tx, school_id, [row["place_id"] for row in clubs], now=now)
    if reason != "swapped":
        ended = [(row["offering_id"], row["place_id"]) for row in clubs]
        await hold_back(tx, school_id, ended, until=until, now=now)
    lost = [
        PlaceLost(
            school_id=school_id,
            child_id=row["child_id"],
            place_id=row["place_id"],
            offering_id=row["offering_id"],
            reason=reason,
            until_on=row["until_on"],
            at=now,
        )
        for row in clubs
    ]
    await announce(tx, *lost, now=now)

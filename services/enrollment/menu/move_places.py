"""Let places follow an offering that meets on other weekdays from now on."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.roster.take_version import take_version
from services.kernel.ids import new_id

# The old row ends before the new one begins: a child holds one open place in an offering.
_END = text(
    "UPDATE place SET until_on = greatest(from_on, CAST(:since AS date)), version = :version"
    " WHERE school_id = :school_id AND offering_id = :offering_id"
    "   AND (until_on IS NULL OR until_on > greatest(from_on, CAST(:since AS date)))"
    " RETURNING place_id, until_on AS begins"
)
_LAST_DAYS = text(
    "SELECT place_id, until_on FROM place WHERE school_id = :school_id AND offering_id = :offering_id"
    " AND (until_on IS NULL OR until_on > greatest(from_on, CAST(:since AS date)))"
)
_BEGIN = text(
    "INSERT INTO place (school_id, place_id, offering_id, child_id, weekdays, from_on, until_on, chosen_by,"
    " chosen_at, came_by, round_id, request_id, version)"
    " SELECT school_id, :new_id, offering_id, child_id, CAST(:weekdays AS smallint[]), :begins, :ends, chosen_by,"
    " chosen_at, came_by, round_id, request_id, :version FROM place"
    " WHERE school_id = :school_id AND place_id = :place_id"
)


async def move_places(
    tx: AsyncSession,
    school_id: UUID,
    weekdays: Mapping[UUID, Sequence[int]],
    *,
    since: date,
    now: datetime,
) -> None:
    """Give every (locked) child of these offerings the new weekdays from ``since`` on.

    One place ends and another begins, so that a past day can be laid out as it was.
    """
    if not weekdays:
        return
    version = await take_version(tx, school_id, now=now)
    for offering_id, days in sorted(weekdays.items()):
        facts = {"school_id": school_id, "offering_id": offering_id, "since": since, "version": version}
        last_days = {row.place_id: row.until_on for row in await tx.execute(_LAST_DAYS, facts)}
        begun = [
            {
                **facts,
                "place_id": row.place_id,
                "new_id": new_id(),
                "weekdays": list(days),
                "begins": row.begins,
                "ends": last_days[row.place_id],
            }
            for row in await tx.execute(_END, facts)
        ]
        if begun:
            await tx.execute(_BEGIN, begun)

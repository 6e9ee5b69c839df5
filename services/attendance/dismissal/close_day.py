"""Close a day: a person does it, and only when every child is accounted for (law 2)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.dismissal.day_figures import day_counts
from services.attendance.dismissal.errors import DayNotBalanced, NoSuchDay
from services.contracts.facts.attendance import DayClosed
from services.kernel.clock import local_hhmm
from services.kernel.database.transaction import raw
from services.kernel.letters.announce import announce

HOLD_DAY = "SELECT state, closed_at FROM service_day WHERE school_id = $1 AND service_on = $2 FOR UPDATE"
HOLD_STAYS = """
SELECT FROM stay WHERE school_id = $1 AND service_on = $2 ORDER BY child_id, turn FOR NO KEY UPDATE
"""
UNACCOUNTED = """
SELECT stay.child_id, child.name AS child, child.grade, child.class_name, stay.state, stay.missing,
    last_adult.name AS last_adult, room.name AS room, stay.last_at
  FROM stay JOIN child USING (school_id, child_id)
  LEFT JOIN LATERAL (SELECT coalesce(adult_after, adult_before) AS adult_id FROM entry
                      WHERE entry.school_id = $1 AND entry.service_on = $2
                        AND entry.child_id = stay.child_id AND entry.turn = stay.turn
                        AND coalesce(adult_after, adult_before) IS NOT NULL
                      ORDER BY number DESC LIMIT 1) AS line ON stay.adult_id IS NULL
  LEFT JOIN LATERAL (SELECT adult_id FROM adult
                      WHERE adult.school_id = $1 AND NOT adult.removed
                        AND homeroom_grade = child.grade AND homeroom_class = child.class_name
                      ORDER BY adult_id LIMIT 1) AS homeroom ON true
  LEFT JOIN adult AS last_adult ON last_adult.school_id = $1
        AND last_adult.adult_id = coalesce(stay.adult_id, line.adult_id, homeroom.adult_id)
  LEFT JOIN room ON room.school_id = $1 AND room.room_id = stay.room_id
 WHERE stay.school_id = $1 AND stay.service_on = $2 AND stay.state IN ('expected', 'in_care', 'in_transit')
 ORDER BY child.grade, child.class_name, child.student_no
"""
CLOSE = """
UPDATE service_day SET state = 'closed', closed_at = $3, closed_by = $4
 WHERE school_id = $1 AND service_on = $2
"""


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A day that balances, and since when it is closed."""

    closed_at: datetime
    counts: dict[str, int]


async def close_day(
    tx: AsyncSession, school_id: UUID, service_on: date, *, leader_id: UUID, now: datetime
) -> ClosedDay:
    """Close the day, or refuse with the list of who is not accounted for; a closed day stays closed.

    The day's row is held, then every stay of it: a child cannot come into care meanwhile (whoever scans one
    waits here, and then finds the day closed).

    Raises:
        NoSuchDay: it was never laid out.
        DayNotBalanced: a child is expected, in care or on its way.
    """
    connection = await raw(tx)
    day = await connection.fetchrow(HOLD_DAY, school_id, service_on)
    if day is None:
        raise NoSuchDay(service_on=service_on.isoformat())
    if day["state"] == "closed":
        return ClosedDay(day["closed_at"], await day_counts(tx, school_id, service_on))
    await connection.execute(HOLD_STAYS, school_id, service_on)
    left = await connection.fetch(UNACCOUNTED, school_id, service_on)
    if left:
        children = [_named(row) for row in left]
        raise DayNotBalanced(service_on=service_on.isoformat(), count=len(children), children=children)
    await connection.execute(CLOSE, school_id, service_on, now, leader_id)
    counts = await day_counts(tx, school_id, service_on)
    told = {name: counts[name] for name in ("expected", "received", "released", "absent", "excused", "late")}
    await announce(tx, DayClosed(at=now, school_id=school_id, service_on=service_on, **told), now=now)
    return ClosedDay(now, counts)


def _named(row: Any) -> dict[str, Any]:
    since = row["last_at"]
    return dict(row) | {
        "child_id": str(row["child_id"]),
        "last_at": local_hhmm(since) if since is not None else None,
    }

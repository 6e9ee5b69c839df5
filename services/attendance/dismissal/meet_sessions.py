"""Which sessions meet on a day, and whom do they expect? Brought into line with the menu and the places."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.dismissal.day_timers import Meeting
from services.kernel.clock import at_school_time
from services.kernel.database.transaction import raw
from services.kernel.ids import new_id

OFFERED = """
SELECT offering.offering_id, offering.name, offering.kind, offering.teacher_id, offering.room_id, starts, ends,
       session.session_id
  FROM offering JOIN calendar_day USING (school_id, term_id)
  LEFT JOIN session ON session.school_id = $1 AND session.service_on = $2
       AND session.offering_id = offering.offering_id
       AND session.starts_at = ($2::date + offering.starts) AT TIME ZONE 'Asia/Shanghai'
 WHERE offering.school_id = $1 AND day_on = $2 AND calendar_day.runs_as = ANY(offering.weekdays) AND NOT removed
 ORDER BY offering.starts, offering.code
"""
WRITE = """
INSERT INTO session (school_id, service_on, session_id, offering_id, name, kind, teacher_id, room_id, starts_at,
                     ends_at)
SELECT $1, $2, * FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::uuid[],
                             $9::timestamptz[], $10::timestamptz[])
ON CONFLICT (school_id, service_on, offering_id, starts_at) DO UPDATE SET name = excluded.name,
   kind = excluded.kind, teacher_id = excluded.teacher_id, room_id = excluded.room_id, ends_at = excluded.ends_at
 WHERE (session.name, session.kind, session.teacher_id, session.room_id, session.ends_at)
       IS DISTINCT FROM (excluded.name, excluded.kind, excluded.teacher_id, excluded.room_id, excluded.ends_at)
"""
WANTED = """
  FROM place JOIN session USING (school_id, offering_id) JOIN offering USING (school_id, offering_id)
       JOIN calendar_day USING (school_id, term_id) JOIN child USING (school_id, child_id)
 WHERE place.school_id = $1 AND session.service_on = $2 AND day_on = $2 AND calendar_day.runs_as = ANY(place.weekdays)
   AND from_on <= $2 AND (until_on IS NULL OR until_on > $2) AND NOT child.removed AND NOT offering.removed
"""
EXPECT = f"""
INSERT INTO expectation (school_id, service_on, session_id, child_id)
SELECT DISTINCT $1::uuid, $2::date, session_id, child_id {WANTED} AND (session.ends_at > $3 OR $4::bool)
ON CONFLICT DO NOTHING RETURNING session_id
"""
NO_LONGER = f"""
DELETE FROM expectation USING session
 WHERE expectation.school_id = $1 AND expectation.service_on = $2 AND session.school_id = $1
   AND session.service_on = $2 AND session.session_id = expectation.session_id AND session.starts_at > $3
   AND (expectation.session_id, expectation.child_id) NOT IN (SELECT session_id, child_id {WANTED})
"""  # noqa: S608 - constants
FORGET = """
DELETE FROM session WHERE school_id = $1 AND service_on = $2 AND starts_at > $3 AND session_id <> ALL($4::uuid[])
   AND NOT EXISTS (SELECT FROM stay WHERE stay.school_id = $1 AND stay.service_on = $2
                      AND stay.session_id = session.session_id)
   AND NOT EXISTS (SELECT FROM hand_over WHERE hand_over.school_id = $1 AND hand_over.service_on = $2
                      AND hand_over.session_id = session.session_id)
"""


@dataclass(frozen=True)
class Offered:
    """An offering that meets on the day; ``session_id`` is new where it had no session yet."""

    session_id: UUID
    starts_at: datetime
    ends_at: datetime
    row: Any


async def offered_on(tx: AsyncSession, school_id: UUID, service_on: date) -> list[Offered]:
    """Return what the menu has for that day: weekday by the calendar, which knows moved workdays and holidays."""
    connection = await raw(tx)
    return [
        Offered(
            session_id=row["session_id"] or new_id(),
            starts_at=at_school_time(service_on, row["starts"]),
            ends_at=at_school_time(service_on, row["ends"]),
            row=row,
        )
        for row in await connection.fetch(OFFERED, school_id, service_on)
    ]


async def meet_sessions(
    tx: AsyncSession,
    school_id: UUID,
    service_on: date,
    offered: Sequence[Offered],
    *,
    first_time: bool,
    now: datetime,
) -> list[Meeting]:
    """Write the day's sessions and expectations.

    What has begun is history: children may be added to a session until it ends, taken away only before it
    begins. The first time all are written, however late in the day it is.
    """
    connection = await raw(tx)
    rows = [
        (each.session_id, *each.row[:5], each.starts_at, each.ends_at)  # offering, name, kind, teacher, room
        for each in offered
    ]
    if rows:
        columns = (list(column) for column in zip(*rows, strict=True))
        await connection.execute(WRITE, school_id, service_on, *columns)
    await connection.execute(NO_LONGER, school_id, service_on, now)
    await connection.execute(FORGET, school_id, service_on, now, [each.session_id for each in offered])
    grown = {row[0] for row in await connection.fetch(EXPECT, school_id, service_on, now, first_time)}
    return [
        Meeting(each.session_id, each.starts_at, each.session_id in grown and not first_time)
        for each in offered
    ]

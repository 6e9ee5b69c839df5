"""What does a duty leader see at a glance? Rooms, hand-overs that nobody accepted, missing and late children."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.dismissal.day_figures import DayState, day_counts, day_state
from services.attendance.lateness.late_children import LateCaseRow, late_children
from services.attendance.safety.missing_children import missing_children
from services.kernel.database.transaction import raw

ROOMS = """
WITH here AS (
  SELECT session_id, adult_id, room_id, count(*) FILTER (WHERE state = 'in_care') AS present,
      count(*) FILTER (WHERE state = 'in_transit') AS setting_out
    FROM stay WHERE school_id = $1 AND service_on = $2 AND state IN ('in_care', 'in_transit')
   GROUP BY session_id, adult_id, room_id
), awaits AS (
  SELECT expectation.session_id, count(*) AS expected,
      count(*) FILTER (WHERE stay.state IN ('absent', 'excused')) AS not_coming
    FROM expectation JOIN stay USING (school_id, service_on, child_id)
   WHERE school_id = $1 AND service_on = $2 AND stay.turn = 1
   GROUP BY expectation.session_id
), now_on AS (
  SELECT * FROM session WHERE school_id = $1 AND service_on = $2
)
SELECT coalesce(here.room_id, now_on.room_id) AS room_id, room.name AS room,
    coalesce(here.adult_id, now_on.teacher_id) AS adult_id, adult.name AS adult,
    now_on.session_id, now_on.name AS session, now_on.starts_at, now_on.ends_at,
    coalesce(awaits.expected, 0) AS expected, coalesce(awaits.not_coming, 0) AS not_coming,
    coalesce(here.present, 0) AS present, coalesce(here.setting_out, 0) AS setting_out
  FROM here FULL JOIN now_on ON now_on.session_id = here.session_id
  LEFT JOIN awaits ON awaits.session_id = now_on.session_id
  LEFT JOIN room ON room.school_id = $1 AND room.room_id = coalesce(here.room_id, now_on.room_id)
  LEFT JOIN adult ON adult.school_id = $1 AND adult.adult_id = coalesce(here.adult_id, now_on.teacher_id)
 WHERE here.adult_id IS NOT NULL OR (now_on.starts_at <= $3 AND now_on.ends_at > $3)
 ORDER BY room.name NULLS LAST, now_on.starts_at, adult.name
"""
HAND_OVERS = """
SELECT hand_over_id, giver_id, giver.name AS giver, coalesce(taker_id, session.teacher_id) AS taker_id,
    taker.name AS taker, session.name AS session, offered, accepted, taken_back, offered_at
  FROM hand_over
  LEFT JOIN session ON session.school_id = $1 AND session.service_on = $2
       AND session.session_id = hand_over.session_id
  LEFT JOIN adult AS giver ON giver.school_id = $1 AND giver.adult_id = giver_id
  LEFT JOIN adult AS taker ON taker.school_id = $1 AND taker.adult_id = coalesce(taker_id, session.teacher_id)
 WHERE hand_over.school_id = $1 AND hand_over.service_on = $2 AND settled_at IS NULL
 ORDER BY offered_at, hand_over_id
"""
RECENT = """
SELECT entry_id, entry.child_id, child.name AS child, entry.kind, entry.method, entry.occurred_at,
    before.name AS adult_before, after.name AS adult_after, room.name AS room, collector.relation
  FROM (SELECT * FROM entry WHERE school_id = $1 AND service_on = $2
         ORDER BY recorded_at DESC, entry_id DESC LIMIT 20) AS entry
  JOIN child ON child.school_id = $1 AND child.child_id = entry.child_id
  LEFT JOIN adult AS before ON before.school_id = $1 AND before.adult_id = entry.adult_before
  LEFT JOIN adult AS after ON after.school_id = $1 AND after.adult_id = entry.adult_after
  LEFT JOIN room ON room.school_id = $1 AND room.room_id = entry.room_after
  LEFT JOIN collector ON collector.school_id = $1 AND collector.child_id = entry.child_id
       AND collector.collector_id = entry.collector_id
 ORDER BY entry.recorded_at DESC, entry.entry_id DESC
"""


@dataclass(frozen=True, slots=True)
class DutyBoard:
    """A school at one moment. ``rooms`` has a line for each group: an adult with a session in a room."""

    day: DayState
    counts: dict[str, int]
    rooms: list[dict[str, Any]]
    open_hand_overs: list[dict[str, Any]]
    missing: list[dict[str, Any]]
    late: list[LateCaseRow]
    recent: list[dict[str, Any]]


async def duty_board(
    tx: AsyncSession, school_id: UUID, service_on: date, *, now: datetime
) -> DutyBoard | None:
    """Return the board: eight statements however many children; None before the day was laid out.

    A session that is on and has nobody in it is a line too: an empty room is what a leader must see.
    """
    day = await day_state(tx, school_id, service_on)
    if day is None:
        return None
    connection = await raw(tx)
    return DutyBoard(
        day=day,
        counts=await day_counts(tx, school_id, service_on),
        rooms=[dict(row) for row in await connection.fetch(ROOMS, school_id, service_on, now)],
        open_hand_overs=[dict(row) for row in await connection.fetch(HAND_OVERS, school_id, service_on)],
        missing=await missing_children(tx, school_id, service_on, only_open=True),
        late=await late_children(tx, school_id, service_on, open_only=True),
        recent=[dict(row) for row in await connection.fetch(RECENT, school_id, service_on)],
    )

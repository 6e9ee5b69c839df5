"""How does a day stand, and what does its ledger say? Counts, whole and per session."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.database.transaction import raw

DAY = """
SELECT state, roster_version, opened_at, closed_at, closed_by FROM service_day
 WHERE school_id = $1 AND service_on = $2
"""
STAYS = """
SELECT count(*) FILTER (WHERE NOT walk_in) AS expected,
    count(*) FILTER (WHERE walk_in) AS walk_ins,
    count(*) FILTER (WHERE received) AS received,
    count(*) FILTER (WHERE state = 'expected') AS awaited,
    count(*) FILTER (WHERE state = 'in_care') AS in_care,
    count(*) FILTER (WHERE state = 'in_transit') AS in_transit,
    count(*) FILTER (WHERE state = 'released') AS released,
    count(*) FILTER (WHERE state = 'absent') AS absent,
    count(*) FILTER (WHERE state = 'excused') AS excused
  FROM stay WHERE school_id = $1 AND service_on = $2
"""
CASES = """
SELECT (SELECT count(*) FROM missing_case WHERE school_id = $1 AND service_on = $2) AS missing_raised,
    (SELECT count(*) FROM missing_case
      WHERE school_id = $1 AND service_on = $2 AND cleared_at IS NOT NULL) AS missing_cleared,
    (SELECT count(*) FROM late_case WHERE school_id = $1 AND service_on = $2) AS late,
    (SELECT count(*) FROM late_case
      WHERE school_id = $1 AND service_on = $2 AND ended_at IS NULL) AS late_waiting,
    (SELECT count(*) FROM release_refusal WHERE school_id = $1 AND service_on = $2) AS refused_releases,
    (SELECT count(*) FROM release_refusal
      WHERE school_id = $1 AND service_on = $2 AND alarming) AS alarms
"""
LEDGER = """
SELECT kind, count(*) AS lines, count(DISTINCT child_id) AS children,
    count(*) FILTER (WHERE method = 'permission') AS alone
  FROM entry WHERE school_id = $1 AND service_on = $2 GROUP BY kind
"""
SESSIONS = """
SELECT session_id, session.name, session.kind, starts_at, ends_at, teacher_id, adult.name AS teacher,
    session.room_id, room.name AS room, coalesce(awaits.expected, 0) AS expected,
    coalesce(awaits.not_coming, 0) AS not_coming, coalesce(here.present, 0) AS present
  FROM session
  LEFT JOIN adult ON adult.school_id = $1 AND adult.adult_id = teacher_id
  LEFT JOIN room ON room.school_id = $1 AND room.room_id = session.room_id
  LEFT JOIN (SELECT expectation.session_id, count(*) AS expected,
                count(*) FILTER (WHERE stay.state IN ('absent', 'excused')) AS not_coming
               FROM expectation JOIN stay USING (school_id, service_on, child_id)
              WHERE school_id = $1 AND service_on = $2 AND stay.turn = 1
              GROUP BY expectation.session_id) AS awaits USING (session_id)
  LEFT JOIN (SELECT session_id, count(*) AS present FROM stay
              WHERE school_id = $1 AND service_on = $2 AND state = 'in_care'
              GROUP BY session_id) AS here USING (session_id)
 WHERE session.school_id = $1 AND session.service_on = $2
 ORDER BY starts_at, session.name, session_id
"""


@dataclass(frozen=True, slots=True)
class DayState:
    """The day itself."""

    state: str
    roster_version: int
    opened_at: datetime
    closed_at: datetime | None
    closed_by: UUID | None


@dataclass(frozen=True, slots=True)
class DayFigures:
    """A day in numbers. ``counts`` are children (stays and cases), ``ledger`` lines of the ledger by kind."""

    day: DayState
    counts: dict[str, int]
    ledger: dict[str, int]
    sessions: list[dict[str, Any]]


async def day_state(tx: AsyncSession, school_id: UUID, service_on: date) -> DayState | None:
    """Return the day itself; None before it was laid out."""
    row = await (await raw(tx)).fetchrow(DAY, school_id, service_on)
    return DayState(*row) if row else None


async def day_counts(tx: AsyncSession, school_id: UUID, service_on: date) -> dict[str, int]:
    """Return the day's children by where they stand, and its cases; three statements."""
    connection = await raw(tx)
    counts = dict(await connection.fetchrow(STAYS, school_id, service_on))
    return counts | dict(await connection.fetchrow(CASES, school_id, service_on))


async def day_figures(tx: AsyncSession, school_id: UUID, service_on: date) -> DayFigures | None:
    """Return everything in numbers; None before the day was laid out.

    ``expected`` counts all who were expected in the morning, ``awaited`` those who still are; ``self_released``
    went home alone; ``moved_children`` changed hands at least once.
    """
    day = await day_state(tx, school_id, service_on)
    if day is None:
        return None
    connection = await raw(tx)
    counts = await day_counts(tx, school_id, service_on)
    lines = {row["kind"]: row for row in await connection.fetch(LEDGER, school_id, service_on)}
    counts["self_released"] = lines["released"]["alone"] if "released" in lines else 0
    counts["moved_children"] = lines["moved"]["children"] if "moved" in lines else 0
    sessions = [dict(row) for row in await connection.fetch(SESSIONS, school_id, service_on)]
    return DayFigures(day, counts, {kind: row["lines"] for kind, row in lines.items()}, sessions)

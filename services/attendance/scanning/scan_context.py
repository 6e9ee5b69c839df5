"""What a batch of scans is judged by: the day, the teacher's sessions, and what is known of scans and children."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.errors import DayNotLaidOut, UnknownSession
from services.attendance.roster.settings import SchoolSettings, settings_from
from services.attendance.scanning.rules.judge_scan import Meeting
from services.kernel.database.transaction import raw

STAND = """
SELECT service_day.state, school.settings::text AS settings, session.session_id, session.room_id,
       session.starts_at, session.ends_at,
       ARRAY(SELECT child_id FROM unnest($5::uuid[]) AS asked(child_id)
              WHERE NOT EXISTS (SELECT FROM stay WHERE stay.school_id = $1 AND stay.service_on = $2
                                   AND stay.child_id = asked.child_id)) AS unexpected
  FROM school JOIN service_day ON service_day.school_id = $1 AND service_day.service_on = $2
  LEFT JOIN session ON session.school_id = $1 AND session.service_on = $2
       AND CASE WHEN $4::uuid IS NULL THEN session.teacher_id = $3 ELSE session.session_id = $4 END
 WHERE school.school_id = $1
"""
KNOWN = """
SELECT 'entry' AS what, entry_id AS id, child_id, kind, reason, NULL AS problem FROM entry
 WHERE school_id = $1 AND service_on = $2 AND entry_id = ANY($3::uuid[])
UNION ALL
SELECT 'refused', scan_id, child_id, NULL, reason, problem::text FROM refused_scan
 WHERE school_id = $1 AND service_on = $2 AND scan_id = ANY($3::uuid[])
UNION ALL
SELECT 'expected', session_id, child_id, NULL, NULL, NULL FROM expectation
 WHERE school_id = $1 AND service_on = $2 AND session_id = ANY($4::uuid[]) AND child_id = ANY($5::uuid[])
UNION ALL
SELECT 'day', school_id, NULL, state, NULL, NULL FROM service_day WHERE school_id = $1 AND service_on = $2
"""
MEETINGS = """
SELECT session_id, room_id, starts_at, ends_at FROM session
 WHERE school_id = $1 AND service_on = $2 AND session_id = ANY($3::uuid[])
"""


@dataclass(frozen=True)
class Stand:
    """Where the scanning teacher stands that day; ``unexpected`` are the children without a stay."""

    settings: SchoolSettings
    sessions: list[Meeting]
    unexpected: list[UUID]


@dataclass(frozen=True)
class KnownScans:
    """What is on record, read under the stays' locks; ``taken`` and ``refused`` by scan."""

    day_open: bool
    taken: dict[UUID, Any]
    refused: dict[UUID, Any]
    expecting: dict[UUID, set[UUID]]


async def stand_of(
    tx: AsyncSession, school_id: UUID, service_on: date, *, asks: tuple[UUID, UUID | None, Collection[UUID]]
) -> Stand:
    """Return where a teacher stands; ``asks``: the teacher, the session named on the phone, the children scanned.

    Raises:
        DayNotLaidOut: nothing to scan into.
        UnknownSession: the phone named one that does not meet.
    """
    teacher_id, named, children = asks
    connection = await raw(tx)
    rows = await connection.fetch(STAND, school_id, service_on, teacher_id, named, list(children))
    if not rows:
        raise DayNotLaidOut(service_on=service_on.isoformat())
    sessions = [
        Meeting(row["session_id"], row["room_id"], row["starts_at"], row["ends_at"])
        for row in rows
        if row["session_id"] is not None
    ]
    if named is not None and not sessions:
        raise UnknownSession
    return Stand(settings_from(rows[0]["settings"]), sessions, rows[0]["unexpected"])


async def known_scans(
    tx: AsyncSession,
    school_id: UUID,
    service_on: date,
    *,
    scans: Collection[UUID],
    stand: Stand,
    children: Any,
) -> KnownScans:
    """Return what is on record of these scans, and who expects these children; ask it under the stays' locks."""
    connection = await raw(tx)
    sessions = [session.session_id for session in stand.sessions]
    rows = await connection.fetch(KNOWN, school_id, service_on, list(scans), sessions, list(children))
    taken, refused = {}, {}
    expecting: dict[UUID, set[UUID]] = defaultdict(set)
    day_open = False
    for row in rows:
        match row["what"]:
            case "entry":
                taken[row["id"]] = row
            case "refused":
                refused[row["id"]] = row
            case "expected":
                expecting[row["child_id"]].add(row["id"])
            case _:
                day_open = row["kind"] == "open"
    return KnownScans(day_open, taken, refused, expecting)


async def meetings_by_id(
    tx: AsyncSession, school_id: UUID, service_on: date, sessions: Collection[UUID]
) -> dict[UUID, Meeting]:
    """Return sessions by id."""
    if not sessions:
        return {}
    connection = await raw(tx)
    rows = await connection.fetch(MEETINGS, school_id, service_on, list(sessions))
    return {row["session_id"]: Meeting(*row) for row in rows}

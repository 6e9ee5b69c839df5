"""Which sessions meet on a day, and whom do they expect? Brought into line with the menu and the places.

What is wanted and what is there are compared here, not joined there: a fresh school has no statistics yet, and the
planner then takes its thousand places for one (2 s and more; 30 ms like this).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.clock import at_school_time
from services.kernel.database.transaction import raw
from services.kernel.ids import new_id

OFFERED = """
SELECT offering_id, name, kind, teacher_id, room_id, starts, ends FROM offering
 WHERE school_id = $1 AND NOT removed AND EXISTS (
       SELECT FROM calendar_day WHERE calendar_day.school_id = $1 AND day_on = $2
          AND calendar_day.term_id = offering.term_id AND calendar_day.runs_as = ANY(offering.weekdays))
 ORDER BY starts, code
"""
MEETING = """
SELECT session_id, offering_id, starts_at, ends_at FROM session WHERE school_id = $1 AND service_on = $2
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
FORGET = """
DELETE FROM session WHERE school_id = $1 AND service_on = $2 AND session_id = ANY($3::uuid[])
   AND session_id <> ALL(ARRAY(SELECT DISTINCT session_id FROM stay
                                WHERE school_id = $1 AND service_on = $2 AND session_id IS NOT NULL))
   AND session_id <> ALL(ARRAY(SELECT DISTINCT session_id FROM hand_over
                                WHERE school_id = $1 AND service_on = $2 AND session_id IS NOT NULL))
"""
PLACED = """
SELECT offering_id, child_id FROM place
 WHERE school_id = $1 AND from_on <= $2 AND (until_on IS NULL OR until_on > $2)
   AND weekdays && ARRAY(SELECT runs_as::smallint FROM calendar_day
                          WHERE school_id = $1 AND day_on = $2 AND runs_as IS NOT NULL)
"""
REMOVED = "SELECT child_id FROM child WHERE school_id = $1 AND removed"
EXPECTED = "SELECT session_id, child_id FROM expectation WHERE school_id = $1 AND service_on = $2"
EXPECT = """
INSERT INTO expectation (school_id, service_on, session_id, child_id)
SELECT $1, $2, * FROM unnest($3::uuid[], $4::uuid[]) ON CONFLICT DO NOTHING
"""
NO_LONGER = """
DELETE FROM expectation USING unnest($3::uuid[], $4::uuid[]) AS gone(session_id, child_id)
 WHERE expectation.school_id = $1 AND expectation.service_on = $2
   AND expectation.session_id = gone.session_id AND expectation.child_id = gone.child_id
"""

Pairs = set[tuple[UUID, UUID]]
"""(session, child)"""


@dataclass(frozen=True)
class Meeting:
    """A session as it is laid out; ``row``: offering_id, name, kind, teacher_id, room_id."""

    session_id: UUID
    starts_at: datetime
    ends_at: datetime
    row: Sequence[Any]


@dataclass(frozen=True)
class DayPlan:
    """The day's sessions, who is expected in them, and which sessions children were added to just now."""

    meetings: list[Meeting]
    expected: Pairs
    grown: set[UUID]

    def due_home(self) -> dict[UUID, datetime]:
        """Return when each expected child's last session ends."""
        ends = {meeting.session_id: meeting.ends_at for meeting in self.meetings}
        due: dict[UUID, datetime] = {}
        for session_id, child_id in self.expected:
            if session_id in ends:
                due[child_id] = max(ends[session_id], due.get(child_id, ends[session_id]))
        return due


async def offered_on(tx: AsyncSession, school_id: UUID, service_on: date) -> list[Any]:
    """Return what the menu has for that day: weekday by the calendar, which knows moved workdays and holidays."""
    found: list[Any] = await (await raw(tx)).fetch(OFFERED, school_id, service_on)
    return found


async def meet_sessions(
    tx: AsyncSession,
    school_id: UUID,
    service_on: date,
    offered: Sequence[Any],
    *,
    first_time: bool,
    now: datetime,
) -> DayPlan:
    """Write the day's sessions and expectations.

    What has begun is history: children may be added to a session until it ends, taken away only before it
    begins. The first time all are written, however late in the day it is.
    """
    connection = await raw(tx)
    before = await connection.fetch(MEETING, school_id, service_on)
    ids = {(row["offering_id"], row["starts_at"]): row["session_id"] for row in before}
    meetings = [_meeting(service_on, row, ids) for row in offered]
    if meetings:
        rows = [(each.session_id, *each.row, each.starts_at, each.ends_at) for each in meetings]
        columns = (list(column) for column in zip(*rows, strict=True))
        await connection.execute(WRITE, school_id, service_on, *columns)
    kept = {each.session_id for each in meetings}
    gone = [row for row in before if row["session_id"] not in kept]
    future = {row["session_id"] for row in gone if row["starts_at"] > now}
    history = [
        Meeting(row["session_id"], row["starts_at"], row["ends_at"], ())
        for row in gone
        if row["session_id"] not in future
    ]
    expected, grown = await _expect(
        tx, school_id, service_on, [*meetings, *history], now=None if first_time else now
    )
    if future:
        await connection.execute(FORGET, school_id, service_on, list(future))
    return DayPlan([*meetings, *history], expected, grown)


async def _expect(
    tx: AsyncSession,
    school_id: UUID,
    service_on: date,
    meetings: Collection[Meeting],
    *,
    now: datetime | None,
) -> tuple[Pairs, set[UUID]]:
    """Bring expectations into line; ``now`` None: for the first time."""
    connection = await raw(tx)
    by_offering: Mapping[UUID, Meeting] = {each.row[0]: each for each in meetings if each.row}
    removed = {row["child_id"] for row in await connection.fetch(REMOVED, school_id)}
    wanted: Pairs = {
        (by_offering[row["offering_id"]].session_id, row["child_id"])
        for row in await connection.fetch(PLACED, school_id, service_on)
        if row["offering_id"] in by_offering and row["child_id"] not in removed
    }
    there: Pairs = {tuple(row) for row in await connection.fetch(EXPECTED, school_id, service_on)}
    over = {each.session_id for each in meetings if now is not None and each.ends_at <= now}
    begun = {each.session_id for each in meetings if now is not None and each.starts_at <= now}
    fresh = {pair for pair in wanted - there if pair[0] not in over}
    stale = {pair for pair in there - wanted if pair[0] not in begun}
    for statement, pairs in ((EXPECT, fresh), (NO_LONGER, stale)):
        if pairs:
            sessions, children = zip(*sorted(pairs), strict=True)
            await connection.execute(statement, school_id, service_on, sessions, children)
    grown = set() if now is None else {session_id for session_id, _ in fresh}
    return (there - stale) | fresh, grown


def _meeting(service_on: date, row: Any, ids: Mapping[tuple[UUID, datetime], UUID]) -> Meeting:
    starts_at = at_school_time(service_on, row["starts"])
    return Meeting(
        session_id=ids.get((row["offering_id"], starts_at)) or new_id(),
        starts_at=starts_at,
        ends_at=at_school_time(service_on, row["ends"]),
        row=tuple(row)[:5],
    )

"""Where are my children now? For guardians about their own, for staff about one child of their school."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.database.transaction import raw

OWN = """
SELECT child.* FROM unnest($2::uuid[], $3::uuid[]) AS me(school_id, person_id)
  JOIN collector ON collector.school_id = me.school_id AND collector.collector_id = me.person_id
       AND collector.is_guardian AND NOT collector.removed
  JOIN child ON child.school_id = me.school_id AND child.child_id = collector.child_id
"""
OF_SCHOOLS = "SELECT child.* FROM child WHERE school_id = ANY($2::uuid[]) AND $3::uuid[] IS NOT NULL"
WHEREABOUTS = """
WITH asked AS ({whose})
SELECT asked.school_id, school.name AS school, asked.child_id, asked.name AS child, asked.grade,
    asked.class_name, stay.state, stay.last_at AS since, adult.name AS adult, room.name AS room,
    session.name AS session, stay.due_home_at, lost.told_at AS missing_since, late.case_id AS late_case_id,
    late.late_since, late.paused_until, gone.method AS left_by, taker.relation AS taken_by
  FROM asked
  JOIN school USING (school_id)
  LEFT JOIN LATERAL (SELECT * FROM stay WHERE stay.school_id = asked.school_id AND stay.service_on = $1
                        AND stay.child_id = asked.child_id ORDER BY turn DESC LIMIT 1) AS stay ON true
  LEFT JOIN adult ON adult.school_id = asked.school_id AND adult.adult_id = stay.adult_id
  LEFT JOIN room ON room.school_id = asked.school_id AND room.room_id = stay.room_id
  LEFT JOIN session ON session.school_id = asked.school_id AND session.service_on = $1
       AND session.session_id = stay.session_id
  LEFT JOIN missing_case AS lost ON lost.school_id = asked.school_id AND lost.service_on = $1
       AND lost.child_id = asked.child_id AND lost.told_at IS NOT NULL AND lost.cleared_at IS NULL
  LEFT JOIN late_case AS late ON late.school_id = asked.school_id AND late.service_on = $1
       AND late.child_id = asked.child_id AND late.turn = stay.turn AND late.ended_at IS NULL
  LEFT JOIN LATERAL (SELECT method, collector_id FROM entry
                      WHERE stay.state = 'released' AND entry.school_id = asked.school_id
                        AND entry.service_on = $1 AND entry.child_id = asked.child_id
                        AND entry.turn = stay.turn AND entry.kind = 'released'
                      ORDER BY number DESC LIMIT 1) AS gone ON true
  LEFT JOIN collector AS taker ON taker.school_id = asked.school_id AND taker.child_id = asked.child_id
       AND taker.collector_id = gone.collector_id
 WHERE NOT asked.removed AND ($4::uuid IS NULL OR asked.child_id = $4)
 ORDER BY asked.grade DESC, asked.student_no
"""
BY_GUARDIAN = WHEREABOUTS.format(whose=OWN)
BY_STAFF = WHEREABOUTS.format(whose=OF_SCHOOLS)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """One child on one day. ``state`` None: no service that day; ``since``: the last move of custody.

    ``missing_since`` is when the family was told; before that the school is still looking. ``left_by`` is how it
    was released (pass, code, permission), ``taken_by`` the relation of who took it.
    """

    school_id: UUID
    school: str
    child_id: UUID
    child: str
    grade: int
    class_name: str
    state: str | None
    since: datetime | None
    adult: str | None
    room: str | None
    session: str | None
    due_home_at: datetime | None
    missing_since: datetime | None
    late_case_id: UUID | None
    late_since: datetime | None
    paused_until: datetime | None
    left_by: str | None
    taken_by: str | None


async def own_children(
    tx: AsyncSession, people: Mapping[UUID, UUID], service_on: date, *, child_id: UUID | None
) -> list[Whereabouts]:
    """Return a guardian's children, also of two schools; ``people`` is who the guardian is in each."""
    schools, persons = list(people), list(people.values())
    rows = await (await raw(tx)).fetch(BY_GUARDIAN, service_on, schools, persons, child_id)
    return [Whereabouts(*row) for row in rows]


async def child_of_school(
    tx: AsyncSession, school_id: UUID, service_on: date, *, child_id: UUID
) -> list[Whereabouts]:
    """Return one child of a school, for its staff; empty when the roster does not know it."""
    rows = await (await raw(tx)).fetch(BY_STAFF, service_on, [school_id], [], child_id)
    return [Whereabouts(*row) for row in rows]

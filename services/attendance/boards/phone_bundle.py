"""What does a teacher's phone need for the day, in one call, so that it can go on without network?"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.pickup.people_at_gate import people_at_gate
from services.attendance.pickup.rules.pickup_authority import pickup_authority
from services.attendance.pickup.rules.release_objections import ChildAtGate
from services.attendance.roster.settings import SchoolSettings
from services.kernel.database.transaction import raw

SESSIONS = """
SELECT session_id, session.name, kind, starts_at, ends_at, session.room_id, room.name AS room,
    session.teacher_id = $3 AS mine
  FROM session LEFT JOIN room ON room.school_id = $1 AND room.room_id = session.room_id
 WHERE session.school_id = $1 AND service_on = $2 AND (session.teacher_id = $3 OR $4::bool)
 ORDER BY starts_at, session.name
"""
CHILDREN = """
SELECT child.child_id, child.student_no, child.name, child.initials, child.grade, child.class_name, stay.state,
    stay.adult_id, adult.name AS adult, stay.room_id, room.name AS room, stay.hand_over_id, stay.received,
    stay.missing, stay.due_home_at, stay.last_at, stay.last_number, sessions.ids AS session_ids,
    school.agreement_number IS NOT NULL
        AND child.agreed_number IS DISTINCT FROM school.agreement_number AS unsigned
  FROM stay
  JOIN school USING (school_id)
  JOIN child USING (school_id, child_id)
  LEFT JOIN adult ON adult.school_id = $1 AND adult.adult_id = stay.adult_id
  LEFT JOIN room ON room.school_id = $1 AND room.room_id = stay.room_id
  LEFT JOIN (SELECT child_id, array_agg(session_id ORDER BY starts_at) AS ids,
                bool_or(session.teacher_id = $3) AS mine
               FROM expectation JOIN session USING (school_id, service_on, session_id)
              WHERE school_id = $1 AND service_on = $2 GROUP BY child_id) AS sessions USING (child_id)
  LEFT JOIN adult AS me ON me.school_id = $1 AND me.adult_id = $3
 WHERE stay.school_id = $1 AND stay.service_on = $2
   AND ($4::bool OR sessions.mine OR stay.adult_id = $3
        OR (me.homeroom_grade = child.grade AND me.homeroom_class = child.class_name))
 ORDER BY child.grade, child.class_name, child.student_no, stay.turn
"""


@dataclass(frozen=True, slots=True)
class BundleChild:
    """A child with where it stands, who may take it today, and who must never."""

    stand: dict[str, Any]
    collectors: list[dict[str, Any]]
    blocked: list[str]
    may_go_alone: bool


@dataclass(frozen=True, slots=True)
class PhoneBundle:
    """A teacher's day. ``everyone``: a leader's phone, which may release any child, holds them all."""

    settings: SchoolSettings
    sessions: list[dict[str, Any]]
    children: list[BundleChild]


async def phone_bundle(
    tx: AsyncSession, school_id: UUID, service_on: date, *, adult_id: UUID, everyone: bool
) -> PhoneBundle:
    """Return the own sessions and every child of them, of the own class, or in the own hands; five statements."""
    connection = await raw(tx)
    sessions = await connection.fetch(SESSIONS, school_id, service_on, adult_id, everyone)
    rows = await connection.fetch(CHILDREN, school_id, service_on, adult_id, everyone)
    people = await people_at_gate(tx, school_id, {row["child_id"] for row in rows}, service_on=service_on)
    min_age = people.settings.collector_min_age
    newest: dict[UUID, Any] = {row["child_id"]: row for row in rows}
    alone_from = people.settings.self_release_from_grade
    children = [
        BundleChild(
            stand=dict(row) | {"session_ids": list(row["session_ids"] or [])},
            collectors=_today(child, service_on, min_age),
            blocked=[each.name for each in child.blocked],
            may_go_alone=child.may_go_alone and child.grade >= alone_from,
        )
        for child_id, row in newest.items()
        if (child := people.children.get(child_id)) is not None
    ]
    return PhoneBundle(people.settings, [dict(row) for row in sessions], children)


def _today(child: ChildAtGate, service_on: date, min_age: int) -> list[dict[str, Any]]:
    """Return who may take the child today, as a phone shows them."""
    return [
        {"collector_id": person.collector_id, "name": person.name, "relation": person.relation}
        for person in child.collectors.values()
        if not pickup_authority(person, child.blocked, service_on, min_age=min_age)
    ]

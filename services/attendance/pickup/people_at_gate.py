"""Who are these children to the gate: names, collectors, blocked persons, permissions, whereabouts."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.pickup.rules.pickup_authority import BlockedPerson, Person
from services.attendance.pickup.rules.release_objections import ChildAtGate, LastRelease
from services.attendance.roster.settings import SchoolSettings, settings_from
from services.kernel.clock import local_hhmm
from services.kernel.database.transaction import raw

CHILDREN = """
SELECT child.child_id, child.name, child.grade, child.class_name, school.settings::text AS settings,
    EXISTS (SELECT FROM self_release AS permitted
             WHERE permitted.school_id = $1 AND permitted.child_id = child.child_id AND NOT permitted.removed
               AND permitted.valid_from <= $3 AND (permitted.valid_until IS NULL OR permitted.valid_until >= $3)
           ) AS may_go_alone
  FROM child JOIN school USING (school_id)
 WHERE child.school_id = $1 AND child.child_id = ANY($2::uuid[]) AND NOT child.removed
"""
COLLECTORS = """
SELECT child_id, collector_id, name, relation, is_guardian, may_collect, birth_year, valid_from, valid_until,
    weekdays, removed
  FROM collector WHERE school_id = $1 AND child_id = ANY($2::uuid[])
 ORDER BY child_id, is_guardian DESC, rank, collector_id
"""
BLOCKED = """
SELECT child_id, blocked_id, name FROM blocked
 WHERE school_id = $1 AND child_id = ANY($2::uuid[]) AND NOT removed
"""
RELEASES = """
SELECT DISTINCT ON (child_id) child_id, actor_id, collector_id, occurred_at FROM entry
 WHERE school_id = $1 AND service_on = $2 AND child_id = ANY($3::uuid[]) AND kind = 'released'
 ORDER BY child_id, turn DESC, number DESC
"""


@dataclass(frozen=True, slots=True)
class PeopleAtGate:
    """What the roster says about the children asked for; those it does not know are left out."""

    children: dict[UUID, ChildAtGate]
    settings: SchoolSettings


async def people_at_gate(
    tx: AsyncSession, school_id: UUID, child_ids: Collection[UUID], *, service_on: date
) -> PeopleAtGate:
    """Return the children with everybody who may, or must never, take them."""
    connection = await raw(tx)
    wanted = list(child_ids)
    rows = await connection.fetch(CHILDREN, school_id, wanted, service_on)
    collectors: dict[UUID, dict[UUID, Person]] = defaultdict(dict)
    for row in await connection.fetch(COLLECTORS, school_id, wanted):
        collectors[row["child_id"]][row["collector_id"]] = Person(
            **{key: row[key] for key in row.keys() if key not in {"child_id", "weekdays"}},  # noqa: SIM118 - a Record
            weekdays=tuple(row["weekdays"]),
        )
    blocked: dict[UUID, list[BlockedPerson]] = defaultdict(list)
    for row in await connection.fetch(BLOCKED, school_id, wanted):
        blocked[row["child_id"]].append(BlockedPerson(row["blocked_id"], row["name"]))
    children = {
        row["child_id"]: ChildAtGate(
            child_id=row["child_id"],
            name=row["name"],
            grade=row["grade"],
            class_name=row["class_name"],
            may_go_alone=row["may_go_alone"],
            collectors=collectors[row["child_id"]],
            blocked=tuple(blocked[row["child_id"]]),
        )
        for row in rows
    }
    return PeopleAtGate(children, settings_from(rows[0]["settings"] if rows else "{}"))


async def last_releases(
    tx: AsyncSession, school_id: UUID, child_ids: Collection[UUID], *, service_on: date
) -> dict[UUID, LastRelease]:
    """Return how these children left, by the ledger."""
    if not child_ids:
        return {}
    rows = await (await raw(tx)).fetch(RELEASES, school_id, service_on, list(child_ids))
    return {
        row["child_id"]: LastRelease(row["actor_id"], row["collector_id"], local_hhmm(row["occurred_at"]))
        for row in rows
    }

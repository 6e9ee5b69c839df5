"""The names behind a batch of tellings, and who is to be told: a few reads, however many children."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.messages.telling import Telling

Key = tuple[UUID, UUID]
"""School and child, person, room, collector or offering."""

_SCHOOLS = text("SELECT school_id, name FROM school WHERE school_id = ANY(:schools)")
_CHILDREN = text(
    "SELECT school_id, child_id, name FROM child WHERE school_id = ANY(:schools) AND child_id = ANY(:ids)"
)
_GUARDIANS = text(
    "SELECT school_id, child_id, guardian_id, relation FROM guardianship"
    " WHERE school_id = ANY(:schools) AND child_id = ANY(:ids) AND is_told"
    " ORDER BY school_id, child_id, rank, guardian_id"
)
_ALL_GUARDIANS = text(
    "SELECT DISTINCT school_id, guardian_id FROM guardianship WHERE school_id = ANY(:ids) AND is_told"
    " ORDER BY school_id, guardian_id"
)
_OFFERINGS = text(
    "SELECT school_id, offering_id, title FROM offering"
    " WHERE school_id = ANY(:schools) AND offering_id = ANY(:ids)"
)
_PEOPLE = text(
    "SELECT p.school_id, p.person_id, p.name, b.openid IS NOT NULL AS with_wechat FROM person p"
    " LEFT JOIN binding b USING (school_id, person_id)"
    " WHERE p.school_id = ANY(:schools) AND p.person_id = ANY(:ids)"
)
_ROOMS = text(
    "SELECT school_id, room_id, name FROM room WHERE school_id = ANY(:schools) AND room_id = ANY(:ids)"
)
_COLLECTORS = text(
    "SELECT school_id, collector_id, name, relation FROM collector"
    " WHERE school_id = ANY(:schools) AND collector_id = ANY(:ids)"
)


@dataclass(frozen=True)
class Names:
    """What the words are made of."""

    schools: dict[UUID, str]
    children: dict[Key, str]
    people: dict[Key, str]
    with_wechat: set[Key]
    """People whom a WeChat card may reach."""
    guardians: dict[Key, dict[UUID, str]]
    """Of a child: guardian and relation, first-called first; only those who are told."""
    all_guardians: dict[UUID, list[UUID]]
    """Of a school, where something concerns the whole of it; only those who are told of some child."""
    rooms: dict[Key, str]
    collectors: dict[Key, tuple[str, str]]
    """Name and relation."""
    offerings: dict[Key, str]

    def lacks(self, telling: Telling) -> str:
        """Return what the words cannot do without and the roster has not brought yet; empty when all is there."""
        school_id = telling.school_id
        if school_id not in self.schools:
            return "unknown-school"
        if telling.child_id and (school_id, telling.child_id) not in self.children:
            return "unknown-child"
        if any((school_id, one) not in self.offerings for one in telling.offerings):
            return "unknown-offering"
        if telling.more.get("change") == "named" and not self._collector(telling):
            return "unknown-collector"
        return ""

    def guardians_of(self, telling: Telling) -> tuple[UUID, ...]:
        """Return the guardians who are told of the child, or of any child of the school."""
        if telling.child_id is None:
            return tuple(self.all_guardians.get(telling.school_id, ()))
        return tuple(self.guardians.get((telling.school_id, telling.child_id), ()))

    def facts_of(self, telling: Telling) -> dict[str, Any]:
        """Return the JSON facts that the catalogue's sentences use; nothing must be lacking."""
        school_id = telling.school_id
        facts: dict[str, Any] = {
            "school": self.schools[school_id],
            "at": telling.at.isoformat(),
        } | telling.more
        if telling.child_id:
            facts["child"] = self.children[school_id, telling.child_id]
        if telling.offerings:
            facts["offerings"] = [self.offerings[school_id, one] for one in telling.offerings]
        if telling.room_id and (room := self.rooms.get((school_id, telling.room_id))):
            facts["room"] = room
        if telling.adult_id and (adult := self.people.get((school_id, telling.adult_id))):
            facts["adult"] = adult
        return facts | self._collector(telling)

    def _collector(self, telling: Telling) -> dict[str, str]:
        """An authorised collector, or a guardian who fetches the own child without a separate entry."""
        school_id, child_id, collector_id = telling.school_id, telling.child_id, telling.collector_id
        if child_id is None or collector_id is None:
            return {}
        if known := self.collectors.get((school_id, collector_id)):
            return {"collector": known[0], "relation": known[1]}
        if name := self.people.get((school_id, collector_id)):
            relation = self.guardians.get((school_id, child_id), {}).get(collector_id, "")
            return {"collector": name, "relation": relation}
        return {}


async def gather_names(tx: AsyncSession, tellings: Sequence[Telling]) -> Names:
    """Read what ``tellings`` need, in the transaction's scope."""
    schools = list({telling.school_id for telling in tellings})

    async def read(query: Any, ids: Iterable[UUID | None]) -> Sequence[Any]:
        wanted = list({one for one in ids if one is not None})
        return (await tx.execute(query, {"schools": schools, "ids": wanted})).all() if wanted else []

    children = [telling.child_id for telling in tellings]
    guardians: dict[Key, dict[UUID, str]] = defaultdict(dict)
    for row in await read(_GUARDIANS, children):
        guardians[row.school_id, row.child_id][row.guardian_id] = row.relation
    all_guardians: dict[UUID, list[UUID]] = defaultdict(list)
    for row in await read(_ALL_GUARDIANS, [one.school_id for one in tellings if not one.child_id]):
        all_guardians[row.school_id].append(row.guardian_id)
    people = {guardian for told in guardians.values() for guardian in told}
    people |= {guardian for told in all_guardians.values() for guardian in told}
    people |= {one for telling in tellings for one in telling.recipients or ()}
    named = [telling.adult_id for telling in tellings]
    collectors = [telling.collector_id for telling in tellings]
    found = await read(_PEOPLE, [*people, *named, *collectors])
    return Names(
        schools={row.school_id: row.name for row in await read(_SCHOOLS, schools)},
        children={(row.school_id, row.child_id): row.name for row in await read(_CHILDREN, children)},
        people={(row.school_id, row.person_id): row.name for row in found},
        with_wechat={(row.school_id, row.person_id) for row in found if row.with_wechat},
        guardians=guardians,
        all_guardians=all_guardians,
        rooms={
            (row.school_id, row.room_id): row.name
            for row in await read(_ROOMS, [telling.room_id for telling in tellings])
        },
        collectors={
            (row.school_id, row.collector_id): (row.name, row.relation)
            for row in await read(_COLLECTORS, collectors)
        },
        offerings={
            (row.school_id, row.offering_id): row.title
            for row in await read(_OFFERINGS, [one for telling in tellings for one in telling.offerings])
        },
    )

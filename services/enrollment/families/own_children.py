"""A guardian's own children, over all schools of the token."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

# Each school knows the same person by another id: pairs, not two lists.
_OWN = text(
    "SELECT c.school_id, s.name AS school, c.child_id, c.student_no, c.name, c.grade, c.class_name, c.agreed_number,"
    "       g.relation, g.may_choose, g.may_sign, g.may_collect,"
    "       (SELECT max(number) FROM agreement_text t WHERE t.school_id = c.school_id) AS agreement_number,"
    "       w.weekdays AS care_weekdays, w.until AS care_until"
    "  FROM unnest(CAST(:schools AS uuid[]), CAST(:people AS uuid[])) AS me (school_id, guardian_id)"
    "  JOIN guardianship g USING (school_id, guardian_id)"
    "  JOIN child c ON c.school_id = g.school_id AND c.child_id = g.child_id"
    "  JOIN school s ON s.school_id = c.school_id"
    "  LEFT JOIN care_wish w ON w.school_id = c.school_id AND w.child_id = c.child_id"
    " WHERE NOT g.removed AND NOT c.removed"
    " ORDER BY c.grade DESC, c.pinyin, c.child_id"
)
_PLACES = text(
    "SELECT p.school_id, p.place_id, p.child_id, p.offering_id, o.title, o.kind, o.basic, p.weekdays,"
    "       o.starts, o.ends, p.from_on, p.until_on, st.name AS teacher, r.name AS room"
    "  FROM place p JOIN offering o USING (school_id, offering_id)"
    "  LEFT JOIN staff st ON st.school_id = o.school_id AND st.staff_id = o.teacher_id"
    "  LEFT JOIN room r ON r.school_id = o.school_id AND r.room_id = o.room_id"
    " WHERE p.child_id = ANY(CAST(:children AS uuid[]))"
    "   AND (p.until_on IS NULL OR p.until_on > greatest(p.from_on, CAST(:today AS date)))"
    " ORDER BY o.starts, p.from_on, p.place_id"
)
_COLLECTORS = text(
    "SELECT child_id, collector_id, name, relation, weekdays, valid_from, valid_until FROM collector"
    " WHERE child_id = ANY(CAST(:children AS uuid[])) AND NOT removed AND valid_until >= CAST(:today AS date)"
    " ORDER BY valid_from, collector_id"
)


@dataclass(frozen=True)
class OwnChild:
    """A child as its guardian sees it: places and collectors that hold today or later.

    ``siblings`` are the guardian's other children at the same school; children of somebody else's are nobody's news.
    """

    row: RowMapping
    places: list[RowMapping]
    collectors: list[RowMapping]
    siblings: list[UUID]


async def own_children(tx: AsyncSession, people: Mapping[UUID, UUID], *, today: date) -> list[OwnChild]:
    """Return the guardian's children over all schools; ``people``: school -> guardian id."""
    facts = {"schools": list(people), "people": list(people.values())}
    children = (await tx.execute(_OWN, facts)).mappings().all()
    about = {"children": [row["child_id"] for row in children], "today": today}
    places = _by_child((await tx.execute(_PLACES, about)).mappings())
    collectors = _by_child((await tx.execute(_COLLECTORS, about)).mappings())
    return [
        OwnChild(
            row,
            places[row["child_id"]],
            collectors[row["child_id"]],
            [
                other["child_id"]
                for other in children
                if other["school_id"] == row["school_id"] and other["child_id"] != row["child_id"]
            ],
        )
        for row in children
    ]


def _by_child(rows: Iterable[RowMapping]) -> defaultdict[UUID, list[RowMapping]]:
    found: defaultdict[UUID, list[RowMapping]] = defaultdict(list)
    for row in rows:
        found[row["child_id"]].append(row)
    return found

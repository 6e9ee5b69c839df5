"""The basic-care groups of some grades, under lock; a full one opens another beside it."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Self
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.menu.tables import Offering
from services.enrollment.schools.current_term import CURRENT_TERM
from services.enrollment.selection.rules.care_group import Group, choose_group, next_code, next_title
from services.enrollment.selection.rules.care_week import Slot
from services.kernel.ids import new_id

_IN_CARE = (
    "school_id = :school_id AND basic AND state = 'published' AND grades && CAST(:grades AS smallint[])"
    f" AND term_id = {CURRENT_TERM}"
)
# The lock lines up everybody who arranges care for these grades; a group that another opened meanwhile is then
# seen by the second statement, whose snapshot is younger than the lock.
_LOCK = text(f"SELECT offering_id FROM offering WHERE {_IN_CARE} ORDER BY offering_id FOR NO KEY UPDATE")  # noqa: S608 - our own words
_READ = text(
    f"SELECT offering.*, room.name AS room_name FROM offering LEFT JOIN room USING (school_id, room_id)"  # noqa: S608 - our own words
    f" WHERE offering.{_IN_CARE}"
)
_TAKEN = text(
    "SELECT offering_id, day, count(DISTINCT child_id) AS children"
    "  FROM place, unnest(weekdays) AS day"
    " WHERE school_id = :school_id AND offering_id = ANY(CAST(:offerings AS uuid[]))"
    "   AND (until_on IS NULL OR until_on > greatest(from_on, CAST(:since AS date)))"
    " GROUP BY offering_id, day"
)


class CareGroups:
    """Groups by slot and grades, and how full they are on each weekday from ``since`` on."""

    def __init__(self, rows: Sequence[Any], taken: dict[UUID, dict[int, int]]) -> None:
        self._rows = {row["offering_id"]: dict(row) for row in rows}
        self._groups = {
            key: Group(key, row["code"], row["title"], row["room_name"], row["capacity"], taken.get(key, {}))
            for key, row in self._rows.items()
        }
        self._opened: list[dict[str, Any]] = []

    @classmethod
    async def lock(cls, tx: AsyncSession, school_id: UUID, *, grades: Collection[int], since: date) -> Self:
        """Lock the groups of these grades in the order of their ids, then read them."""
        facts: dict[str, Any] = {"school_id": school_id, "grades": sorted(grades), "on": since}
        await tx.execute(_LOCK, facts)
        rows = (await tx.execute(_READ, facts)).mappings().all()
        taken: dict[UUID, dict[int, int]] = {}
        for row in await tx.execute(
            _TAKEN, {**facts, "since": since, "offerings": [row["offering_id"] for row in rows]}
        ):
            taken.setdefault(row.offering_id, {})[row.day] = row.children
        return cls(rows, taken)

    def slots(self, grade: int) -> list[Slot]:
        """Return the hours of basic care that the school offers to a grade."""
        return sorted({_slot(row) for row in self._rows.values() if grade in row["grades"]})

    def find(
        self, slot: Slot, weekdays: Collection[int], *, grade: int, class_name: str, before: UUID | None
    ) -> UUID:
        """Return the group for a child, counting it there; opens a further one when all are full.

        ``before`` is the group that the child was in: it stays there. A change of days must not cost it its
        group, so its own seat is not counted against it.
        """
        here = [key for key, row in self._rows.items() if _slot(row) == slot and grade in row["grades"]]
        if before in here and before is not None:
            return before
        groups = [self._groups[key] for key in here]
        group = choose_group(groups, weekdays, grade=grade, class_name=class_name)
        if group is None:
            group = self._open(here)
        group.take(weekdays)
        return group.offering_id

    def _open(self, here: Sequence[UUID]) -> Group:
        """Open a group beside the first: same hours, grades and size; teacher and room are for the school to name."""
        first = min((self._rows[key] for key in here), key=lambda row: str(row["code"]))
        fresh = {
            **first,
            "offering_id": new_id(),
            "code": next_code(first["code"], {row["code"] for row in self._rows.values()}),
            "title": next_title([self._rows[key]["title"] for key in here]),
            "teacher_id": None,
            "room_id": None,
            "room_name": None,
            "needs_staffing": True,
            "opened_beside": first["offering_id"],
        }
        self._opened.append(fresh)
        self._rows[fresh["offering_id"]] = fresh
        group = Group(fresh["offering_id"], fresh["code"], fresh["title"], None, fresh["capacity"])
        self._groups[group.offering_id] = group
        return group

    async def write_opened(self, tx: AsyncSession, *, version: int) -> Sequence[dict[str, Any]]:
        """Write the groups that had to be opened and return them; published at once: their children come today."""
        opened, self._opened = self._opened, []
        if opened:
            table = Offering.metadata.tables["offering"]
            rows = [
                {**{name: row[name] for name in table.columns.keys()}, "version": version}  # noqa: SIM118 - SQLAlchemy's keys
                for row in opened
            ]
            await tx.execute(insert(table), rows)
        return opened


def _slot(row: Any) -> Slot:
    return Slot(row["starts"], row["ends"], tuple(row["weekdays"]))

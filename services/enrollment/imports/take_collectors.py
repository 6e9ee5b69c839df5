"""Write who may collect, who must not, and who goes alone."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.families.tables import BlockedPerson, Collector, SelfReleasePermission
from services.enrollment.imports.difference import ON_FILE, Compared, Comparing, Shown
from services.enrollment.imports.rules.collector_rows import Children, CollectorBook
from services.enrollment.imports.write_rows import Changes, Values, rows_on_file, table_of, write_changes
from services.enrollment.words import weekdays_text
from services.kernel.cipher import FieldCipher
from services.kernel.ids import new_id

_COLLECTOR = {
    "relation": Shown("与学生关系"),
    "born_year": Shown("出生年份"),
    "valid_from": Shown("有效期起"),
    "valid_until": Shown("有效期止"),
    "weekdays": Shown("星期", weekdays_text),
    "removed": ON_FILE,
}
_BLOCKED = {"reason": Shown("原因", secret=True), "order_no": Shown("依据"), "removed": ON_FILE}
_SELF_RELEASE = {"basis": Shown("依据"), "valid_from": Shown("生效日期"), "removed": ON_FILE}


async def take_collectors(
    tx: AsyncSession, school_id: UUID, book: CollectorBook, *, cipher: FieldCipher, now: datetime
) -> Compared:
    """Compare by child, name and phone (collectors), child and name (blocked), child (going alone).

    Nobody is removed because a sheet does not name them; those whom families named themselves are never missing.
    """
    phones = {cipher.blind_index(r.phone): r.phone for r in book.collectors.records}
    at_desk = _Desk(tx, school_id, book.children, Comparing())
    collectors = [
        (
            {
                **{name: value for name, value in vars(r).items() if name != "phone"},
                "weekdays": list(r.weekdays),
                "phone_index": cipher.blind_index(r.phone),
                "removed": False,
            },
            r,
        )
        for r in book.collectors.records
    ]
    changes = [
        await at_desk.settle(
            Changes(table_of(Collector), _COLLECTOR), ("child_id", "name", "phone_index"), collectors,
            lambda row: {"collector_id": new_id(), "phone_sealed": cipher.seal(phones[row["phone_index"]])},
        ),
        await at_desk.settle(
            Changes(table_of(BlockedPerson), _BLOCKED), ("child_id", "name"),
            [({**vars(r), "removed": False, "removed_because": None}, r) for r in book.blocked.records],
            lambda _: {"blocked_id": new_id()},
        ),
        await at_desk.settle(
            Changes(table_of(SelfReleasePermission), _SELF_RELEASE), ("child_id",),
            [({**vars(r), "removed": False}, r) for r in book.self_release.records],
            lambda _: {},
        ),
    ]  # fmt: skip
    return Compared(at_desk.comparing.difference(), partial(write_changes, tx, school_id, changes, now=now))


@dataclass(frozen=True)
class _Desk:
    """Three tables that make one difference."""

    tx: AsyncSession
    school_id: UUID
    children: Children
    comparing: Comparing

    async def settle(
        self,
        changes: Changes,
        known_by: Sequence[str],
        rows: Sequence[tuple[Values, object]],
        fresh: Callable[[Values], Values],
    ) -> Changes:
        numbers = {child.child_id: (number, child.name) for number, child in self.children.items()}

        def key(row: Mapping[str, Any]) -> Hashable:
            return tuple(row[name] for name in known_by)

        known = {key(row): row for row in await rows_on_file(self.tx, changes.table, self.school_id)}
        # The last of two rows that mean the same person wins.
        for row, record in {key(row): (row, record) for row, record in rows}.values():
            settled = changes.settle(
                known.pop(key(row), None), {"school_id": self.school_id, **fresh(row)}, row
            )
            number, child = numbers[row["child_id"]]
            self.comparing.note(
                settled.fate, number, row.get("name", child), cells=settled.cells, record=record
            )
        for old in known.values():
            by_family = old.get("named_by") or old.get("recorded_by")
            if not old["removed"] and by_family is None and old["child_id"] in numbers:
                number, child = numbers[old["child_id"]]
                self.comparing.note("missing", number, old.get("name", child))
        return changes

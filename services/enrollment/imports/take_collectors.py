"""Write who may collect, who must not, and who goes alone."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.families.tables import BlockedPerson, Collector, SelfReleasePermission
from services.enrollment.imports.rules.collector_rows import CollectorBook
from services.enrollment.imports.write_rows import (
    Changes,
    Values,
    Written,
    import_alone,
    rows_on_file,
    table_of,
    write_changes,
)
from services.enrollment.table import EnrollmentTable
from services.kernel.cipher import FieldCipher
from services.kernel.ids import new_id


async def take_collectors(
    tx: AsyncSession, school_id: UUID, book: CollectorBook, *, cipher: FieldCipher, now: datetime
) -> Written:
    """Add or change by child, name and phone (collectors), child and name (blocked), child (going alone).

    Nobody is removed because a sheet does not name them.
    """
    await import_alone(tx, school_id)
    counts: Counter[str] = Counter()
    collectors = [
        {
            "child_id": r.child_id,
            "name": r.name,
            "phone_index": cipher.blind_index(r.phone),
            "relation": r.relation,
            "born_year": r.born_year,
            "valid_from": r.valid_from,
            "valid_until": r.valid_until,
            "weekdays": list(r.weekdays),
            "removed": False,
        }
        for r in book.collectors.records
    ]
    phones = {cipher.blind_index(r.phone): r.phone for r in book.collectors.records}
    changes = [
        await _settle(
            tx, school_id, Collector, ("child_id", "name", "phone_index"), collectors, counts,
            lambda row: {"collector_id": new_id(), "phone_sealed": cipher.seal(phones[row["phone_index"]])},
        ),
        await _settle(
            tx, school_id, BlockedPerson, ("child_id", "name"),
            [{**vars(r), "removed": False} for r in book.blocked.records], counts,
            lambda _: {"blocked_id": new_id()},
        ),
        await _settle(
            tx, school_id, SelfReleasePermission, ("child_id",),
            [{**vars(r), "removed": False} for r in book.self_release.records], counts,
            lambda _: {},
        ),
    ]  # fmt: skip
    await write_changes(tx, school_id, changes, now=now)
    return Written(counts["added"], counts["changed"], counts["unchanged"])


async def _settle(
    tx: AsyncSession,
    school_id: UUID,
    model: type[EnrollmentTable],
    known_by: Sequence[str],
    rows: Sequence[Values],
    counts: Counter[str],
    fresh: Callable[[Values], Values],
) -> Changes:
    def key(row: Mapping[str, Any]) -> Hashable:
        return tuple(row[name] for name in known_by)

    known = {key(row): row for row in await rows_on_file(tx, model, school_id)}
    changes = Changes(table_of(model))
    # The last of two rows that mean the same person wins.
    for row in {key(row): row for row in rows}.values():
        counts[changes.settle(known.get(key(row)), {"school_id": school_id, **fresh(row)}, row)] += 1
    return changes

"""Write the offerings of a menu as drafts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.write_rows import (
    Changes,
    Written,
    import_alone,
    rows_on_file,
    table_of,
    write_changes,
)
from services.enrollment.menu.errors import PublishedAlready
from services.enrollment.menu.rules.proposal import Proposal
from services.enrollment.menu.tables import Offering
from services.enrollment.policy import Policy
from services.enrollment.schools.tables import Room, Staff
from services.kernel.ids import new_id


async def take_menu(
    tx: AsyncSession,
    school_id: UUID,
    records: Sequence[Proposal],
    *,
    term_id: UUID,
    policy: Policy,
    now: datetime,
) -> Written:
    """Add or change drafts by code within the term. The same sheet again changes nothing, also once published.

    Raises:
        PublishedAlready: a published offering would be changed behind the families' backs.
    """
    await import_alone(tx, school_id)
    on_file = [row for row in await rows_on_file(tx, Offering, school_id) if row["term_id"] == term_id]
    known = {row["code"]: row for row in on_file}
    staff = {row["staff_no"]: row["staff_id"] for row in await rows_on_file(tx, Staff, school_id)}
    rooms = {row["name"]: row["room_id"] for row in await rows_on_file(tx, Room, school_id)}
    changes = Changes(table_of(Offering))
    counts: Counter[str] = Counter()
    for record in records:
        values = _values(record, policy, staff, rooms)
        fresh = {
            "school_id": school_id,
            "offering_id": new_id(),
            "term_id": term_id,
            "state": "draft",
            "needs_staffing": False,
            "opened_beside": None,
        }
        counts[changes.settle(known.get(record.code), fresh, values)] += 1
    _refuse_published(changes, on_file)
    await write_changes(tx, school_id, [changes], now=now)
    return Written(counts["added"], counts["changed"], counts["unchanged"])


def _values(
    record: Proposal, policy: Policy, staff: Mapping[str, UUID], rooms: Mapping[str, UUID]
) -> dict[str, Any]:
    return {
        "code": record.code,
        "title": record.title,
        "kind": record.kind,
        "nature": record.nature,
        "basic": policy.kinds[record.kind].basic,
        "subject": record.subject,
        "teacher_id": staff[record.teacher] if record.teacher else None,
        "room_id": rooms[record.room] if record.room else None,
        "weekdays": list(record.weekdays),
        "starts": record.starts,
        "ends": record.ends,
        "grades": list(record.grades),
        "capacity": record.capacity,
        "minimum_size": record.minimum_size,
        "content": record.content,
        "assessment_no": record.assessment_no,
        "fee_fen": record.fee_fen,
    }


def _refuse_published(changes: Changes, on_file: Sequence[Mapping[str, Any]]) -> None:
    published = {row["offering_id"]: row["code"] for row in on_file if row["state"] == "published"}
    codes = [published[key["offering_id"]] for key, _ in changes.updates if key["offering_id"] in published]
    if codes:
        raise PublishedAlready(codes=codes, codes_text="、".join(codes[:10]))

"""Write the offerings of a menu as drafts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.difference import Compared, Comparing, Shown
from services.enrollment.imports.errors import PublishedAlready
from services.enrollment.imports.write_rows import Changes, rows_on_file, table_of, write_changes
from services.enrollment.menu.rules.proposal import Proposal
from services.enrollment.menu.tables import Offering
from services.enrollment.policy import Policy
from services.enrollment.schools.tables import Room, Staff
from services.enrollment.words import grades_text, weekdays_text
from services.kernel.ids import new_id

_SHOWN = {
    "title": Shown("课程名称"),
    "weekdays": Shown("星期", weekdays_text),
    "starts": Shown("开始", lambda at: f"{at:%H:%M}"),
    "ends": Shown("结束", lambda at: f"{at:%H:%M}"),
    "grades": Shown("招收年级", grades_text),
    "capacity": Shown("人数上限"),
    "minimum_size": Shown("最少开班人数"),
    "subject": Shown("学科"),
    "content": Shown("内容介绍"),
    "assessment_no": Shown("风险评估编号"),
    "fee_fen": Shown("收费(元)", lambda fen: f"{fen / 100:g}"),
}


async def take_menu(
    tx: AsyncSession,
    school_id: UUID,
    records: Iterable[Proposal],
    *,
    term_id: UUID,
    policy: Policy,
    now: datetime,
) -> Compared:
    """Compare drafts by code within the term. The same sheet again changes nothing, also once published."""
    on_file = [
        row for row in await rows_on_file(tx, table_of(Offering), school_id) if row["term_id"] == term_id
    ]
    known = {row["code"]: row for row in on_file}
    staff = {row["staff_no"]: row["staff_id"] for row in await rows_on_file(tx, table_of(Staff), school_id)}
    rooms = {row["name"]: row["room_id"] for row in await rows_on_file(tx, table_of(Room), school_id)}
    names = {
        "teacher_id": Shown("任课教师工号", {key: no for no, key in staff.items()}.__getitem__),
        "room_id": Shown("地点", {key: name for name, key in rooms.items()}.__getitem__),
    }
    changes, comparing = Changes(table_of(Offering), _SHOWN | names), Comparing()
    for record in records:
        fresh = {
            "school_id": school_id,
            "offering_id": new_id(),
            "term_id": term_id,
            "state": "draft",
            "needs_staffing": False,
            "opened_beside": None,
        }
        row = known.pop(record.code, None)
        settled = changes.settle(row, fresh, _values(record, policy, staff, rooms))
        offering_id = row["offering_id"] if row is not None else None
        comparing.note(
            settled.fate,
            record.code,
            record.title,
            record_id=offering_id,
            cells=settled.cells,
            record=record,
        )
    for row in known.values():
        if row["opened_beside"] is None and row["state"] in {"draft", "published"}:
            comparing.note("missing", row["code"], row["title"], record_id=row["offering_id"])
    return Compared(comparing.difference(), partial(_write, tx, school_id, changes, on_file, now=now))


async def _write(
    tx: AsyncSession,
    school_id: UUID,
    changes: Changes,
    on_file: Sequence[Mapping[str, Any]],
    *,
    now: datetime,
) -> None:
    """Write what differs.

    Raises:
        PublishedAlready: a published offering would be changed behind the families' backs.
    """
    _refuse_published(changes, on_file)
    await write_changes(tx, school_id, [changes], now=now)


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

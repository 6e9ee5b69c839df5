"""Write a menu sheet: new offerings as drafts, what differs from published ones for the next publication."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.difference import Compared, Comparing, Shown, cells_of
from services.enrollment.imports.rules.menu_rows import AT_ANY_TIME, BY_ROUND
from services.enrollment.imports.write_rows import Changes, Settled, rows_on_file, table_of, write_changes
from services.enrollment.menu.change_offering import keep_change
from services.enrollment.menu.errors import OfferingNotPossible
from services.enrollment.menu.lock_offerings import lock_offerings
from services.enrollment.menu.offering_under_lock import offering_under_lock
from services.enrollment.menu.offering_values import NAMES, from_json
from services.enrollment.menu.rules.proposal import Proposal
from services.enrollment.menu.tables import Offering, OfferingChange
from services.enrollment.partners.tables import Partner
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
    "aims": Shown("教学目标"),
    "materials": Shown("材料准备"),
    "classes": Shown("面向班级", "、".join),
    "by_invitation": Shown("邀请制", lambda invited: "是" if invited else "否"),
    "by_round": Shown("选课方式", lambda by_round: BY_ROUND if by_round else AT_ANY_TIME),
    "fee_fen": Shown("收费(元)", lambda fen: f"{fen / 100:g}"),
}


@dataclass(frozen=True)
class Ids:
    """What the sheet names: staff by number, rooms and partners by name."""

    staff: Mapping[str, UUID]
    rooms: Mapping[str, UUID]
    partners: Mapping[str, UUID]

    def shown(self) -> dict[str, Shown]:
        """Return how their columns are shown."""
        return {
            column: Shown(label, {key: name for name, key in ids.items()}.__getitem__)
            for column, label, ids in (
                ("teacher_id", "任课教师工号", self.staff),
                ("room_id", "地点", self.rooms),
                ("partner_id", "校外人员", self.partners),
            )
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
    """Compare offerings by code within the term; the same sheet again changes nothing, also once published.

    New rows become drafts and drafts are changed at once. What differs from a published offering waits beside it
    for the next publication; what is missing from the sheet is only listed.

    Raises:
        OfferingNotPossible: a published offering would turn from basic care into a club, or the other way round.
    """
    known = await _on_file(tx, school_id, term_id)
    ids = Ids(
        staff={
            row["staff_no"]: row["staff_id"] for row in await rows_on_file(tx, table_of(Staff), school_id)
        },
        rooms={row["name"]: row["room_id"] for row in await rows_on_file(tx, table_of(Room), school_id)},
        partners={
            row["name"]: row["partner_id"] for row in await rows_on_file(tx, table_of(Partner), school_id)
        },
    )
    changes, comparing = Changes(table_of(Offering), _SHOWN | ids.shown()), Comparing()
    pending: dict[UUID, dict[str, Any]] = {}
    for record in records:
        row, values = known.pop(record.code, None), _values(record, policy, ids)
        if row is None or row["state"] in {"proposed", "draft"}:
            settled = changes.settle(row, _fresh(school_id, term_id), values)
        else:
            settled = _settle_published(row, values, changes.shown, pending)
        comparing.note(
            settled.fate,
            record.code,
            record.title,
            record_id=row["offering_id"] if row is not None else None,
            cells=settled.cells,
            record=record,
        )
    for row in known.values():
        if row["opened_beside"] is None and row["state"] in {"draft", "published"}:
            comparing.note("missing", row["code"], row["title"], record_id=row["offering_id"])
    return Compared(comparing.difference(), partial(_write, tx, school_id, changes, pending, now=now))


def _settle_published(
    row: Mapping[str, Any],
    values: dict[str, Any],
    shown: Mapping[str, Shown],
    pending: dict[UUID, dict[str, Any]],
) -> Settled:
    """Note what is to wait for the next publication; what was withdrawn stays withdrawn, whatever a sheet says."""
    differs = any(row[name] != value for name, value in values.items())
    if row["state"] != "published" or not differs:
        return Settled("unchanged", [])
    if row["basic"] != values["basic"]:
        problem = f"{row['code']}“{row['title']}”已经公布，不能在基本托管与其他类别之间改换。"
        raise OfferingNotPossible(code="fixed_once_published", problem=problem)
    pending[row["offering_id"]] = values
    return Settled("changed", cells_of(shown, row, values))


async def _on_file(tx: AsyncSession, school_id: UUID, term_id: UUID) -> dict[str, dict[str, Any]]:
    """Return the term's offerings by code, as their next publication would have them."""
    waiting = {
        row["offering_id"]: from_json(row["new_values"])
        for row in await rows_on_file(tx, table_of(OfferingChange), school_id)
    }
    return {
        row["code"]: {**row, **waiting.get(row["offering_id"], {})}
        for row in await rows_on_file(tx, table_of(Offering), school_id)
        if row["term_id"] == term_id
    }


def _fresh(school_id: UUID, term_id: UUID) -> dict[str, Any]:
    return {
        "school_id": school_id,
        "offering_id": new_id(),
        "term_id": term_id,
        "state": "draft",
        "needs_staffing": False,
        "opened_beside": None,
    }


async def _write(
    tx: AsyncSession,
    school_id: UUID,
    changes: Changes,
    pending: Mapping[UUID, dict[str, Any]],
    *,
    now: datetime,
) -> None:
    """Write drafts, and keep beside each published offering what it is to become."""
    drafts = [key["offering_id"] for key, _ in changes.updates]
    await lock_offerings(tx, school_id, [*pending, *drafts])
    for offering_id, values in sorted(pending.items()):
        offering = await offering_under_lock(tx, school_id, offering_id)
        wanted = {name: value for name, value in values.items() if name in NAMES}
        await keep_change(tx, offering, wanted, by=None, now=now)
    await write_changes(tx, school_id, [changes], now=now)


def _values(record: Proposal, policy: Policy, ids: Ids) -> dict[str, Any]:
    """Return columns; what the sheet has no column for is left out, and stays as it is."""
    told: dict[str, Any] = {
        "code": record.code,
        "title": record.title,
        "kind": record.kind,
        "nature": record.nature,
        "basic": policy.kinds[record.kind].basic,
        "subject": record.subject,
        "teacher_id": ids.staff[record.teacher] if record.teacher else None,
        "room_id": ids.rooms[record.room] if record.room else None,
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
    if record.aims is not None:
        told["aims"] = record.aims
    if record.materials is not None:
        told["materials"] = record.materials
    if record.classes is not None:
        told["classes"] = list(record.classes) or None
    if record.by_invitation is not None:
        told["by_invitation"] = record.by_invitation
    if record.by_round is not None:
        told["by_round"] = record.by_round
    if record.partner is not None:
        told["partner_id"] = ids.partners[record.partner] if record.partner else None
    return told

"""Write a school's staff and rooms."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.families.rules.name_reading import initials_of, pinyin_of
from services.enrollment.imports.difference import ON_FILE, CellChange, Compared, Comparing, Shown, masked
from services.enrollment.imports.rules.room_rows import RoomRecord
from services.enrollment.imports.rules.staff_rows import POSTS, StaffRecord
from services.enrollment.imports.write_rows import Changes, rows_on_file, table_of, write_changes
from services.enrollment.schools.tables import Room, Staff
from services.enrollment.words import grade_label
from services.kernel.cipher import FieldCipher
from services.kernel.ids import new_id


def _posts_text(personas: Sequence[str]) -> str:
    """Say personas by the posts of the sheet that give them: 班主任 and 任课教师 give the same."""
    return "、".join(post for post, given in POSTS.items() if {one.value for one in given} <= {*personas})


_STAFF = {
    "staff_no": Shown("工号"),
    "name": Shown("姓名"),
    "personas": Shown("岗位", _posts_text),
    "subject": Shown("任教学科"),
    "homeroom_grade": Shown("班主任年级", grade_label),
    "homeroom_class": Shown("班主任班级"),
    "removed": ON_FILE,
}
_ROOM = {"capacity": Shown("容量"), "removed": ON_FILE}


async def take_staff(
    tx: AsyncSession, school_id: UUID, records: Iterable[StaffRecord], *, cipher: FieldCipher, now: datetime
) -> Compared:
    """Compare staff by number, or by phone: the invited first officer gets the number.

    The invited officer keeps the personas of the invitation beside those of the sheet. Who is missing from the
    sheet stays: to have left is for an officer to say.
    """
    rows = await rows_on_file(tx, table_of(Staff), school_id)
    by_number = {row["staff_no"]: row for row in rows}
    by_phone = {row["phone_index"]: row for row in rows}
    changes, comparing, found = Changes(table_of(Staff), _STAFF), Comparing(), set()
    for record in records:
        index = cipher.blind_index(record.phone)
        known = by_number.get(record.staff_no) or by_phone.get(index)
        fresh = {"school_id": school_id, "staff_id": new_id(), "granted": []}
        settled = changes.settle(known, fresh, _staff_values(record, known, index, cipher))
        known_id = known["staff_id"] if known is not None else None
        found.add(known_id)
        comparing.note(
            settled.fate,
            record.staff_no,
            record.name,
            record_id=known_id,
            cells=[*settled.cells, *_phone_cell(known, index, record.phone, cipher)],
            record=record,
        )
    for row in rows:
        if row["staff_id"] not in found and not row["removed"] and not row["granted"]:
            comparing.note("missing", row["staff_no"], row["name"], record_id=row["staff_id"])
    return Compared(comparing.difference(), partial(write_changes, tx, school_id, [changes], now=now))


def _staff_values(
    record: StaffRecord, known: Mapping[str, Any] | None, index: bytes, cipher: FieldCipher
) -> dict[str, Any]:
    granted = known["granted"] if known is not None else []
    same_phone = known is not None and known["phone_index"] == index
    grade, class_name = record.homeroom or (None, None)
    return {
        "staff_no": record.staff_no,
        "name": record.name,
        "pinyin": pinyin_of(record.name),
        "initials": initials_of(record.name),
        "phone_index": index,
        "phone_sealed": known["phone_sealed"] if known and same_phone else cipher.seal(record.phone),
        "personas": sorted({*record.personas, *granted}),
        "subject": record.subject,
        "homeroom_grade": grade,
        "homeroom_class": class_name,
        "removed": False,
    }


def _phone_cell(
    known: Mapping[str, Any] | None, index: bytes, phone: str, cipher: FieldCipher
) -> list[CellChange]:
    if known is None:
        return [CellChange(column="手机", old=None, new=masked(phone))]
    if known["phone_index"] == index:
        return []
    return [CellChange(column="手机", old=masked(cipher.open(known["phone_sealed"])), new=masked(phone))]


async def take_rooms(
    tx: AsyncSession, school_id: UUID, records: Iterable[RoomRecord], *, now: datetime
) -> Compared:
    """Compare rooms by name."""
    known = {row["name"]: row for row in await rows_on_file(tx, table_of(Room), school_id)}
    changes, comparing = Changes(table_of(Room), _ROOM), Comparing()
    for record in records:
        row = known.pop(record.name, None)
        fresh = {"school_id": school_id, "room_id": new_id()}
        values = {"name": record.name, "capacity": record.capacity, "removed": False}
        settled = changes.settle(row, fresh, values)
        room_id = row["room_id"] if row is not None else None
        comparing.note(
            settled.fate, record.name, record.name, record_id=room_id, cells=settled.cells, record=record
        )
    for row in known.values():
        if not row["removed"]:
            comparing.note("missing", row["name"], row["name"], record_id=row["room_id"])
    return Compared(comparing.difference(), partial(write_changes, tx, school_id, [changes], now=now))

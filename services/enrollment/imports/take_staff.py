"""Write a school's staff and rooms."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.families.rules.name_reading import initials_of, pinyin_of
from services.enrollment.imports.rules.room_rows import RoomRecord
from services.enrollment.imports.rules.staff_rows import StaffRecord
from services.enrollment.imports.write_rows import (
    Changes,
    Written,
    import_alone,
    rows_on_file,
    table_of,
    write_changes,
)
from services.enrollment.schools.tables import Room, Staff
from services.kernel.cipher import FieldCipher
from services.kernel.ids import new_id


async def take_staff(
    tx: AsyncSession, school_id: UUID, records: Sequence[StaffRecord], *, cipher: FieldCipher, now: datetime
) -> Written:
    """Add or change staff by number; who is on file only by phone (the invited first officer) gets the number.

    The invited officer keeps the personas of the invitation beside those of the sheet.
    """
    await import_alone(tx, school_id)
    rows = await rows_on_file(tx, Staff, school_id)
    by_number = {row["staff_no"]: row for row in rows}
    by_phone = {row["phone_index"]: row for row in rows}
    changes = Changes(table_of(Staff))
    counts: Counter[str] = Counter()
    for record in records:
        index = cipher.blind_index(record.phone)
        known = by_number.get(record.staff_no) or by_phone.get(index)
        granted = known["granted"] if known is not None else []
        same_phone = known is not None and known["phone_index"] == index
        grade, class_name = record.homeroom or (None, None)
        values = {
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
        fresh = {"school_id": school_id, "staff_id": new_id(), "granted": []}
        counts[changes.settle(known, fresh, values)] += 1
    await write_changes(tx, school_id, [changes], now=now)
    return Written(counts["added"], counts["changed"], counts["unchanged"])


async def take_rooms(
    tx: AsyncSession, school_id: UUID, records: Sequence[RoomRecord], *, now: datetime
) -> Written:
    """Add or change rooms by name."""
    await import_alone(tx, school_id)
    known = {row["name"]: row for row in await rows_on_file(tx, Room, school_id)}
    changes = Changes(table_of(Room))
    counts: Counter[str] = Counter()
    for record in records:
        fresh = {"school_id": school_id, "room_id": new_id()}
        values = {"name": record.name, "capacity": record.capacity, "removed": False}
        counts[changes.settle(known.get(record.name), fresh, values)] += 1
    await write_changes(tx, school_id, [changes], now=now)
    return Written(counts["added"], counts["changed"], counts["unchanged"])

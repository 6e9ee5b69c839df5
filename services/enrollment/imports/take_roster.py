"""Write the children of a roster, their guardians, health notes and priority groups."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.families.rules.name_reading import initials_of, pinyin_of
from services.enrollment.families.tables import Child, ChildHealth, ChildPriority, Guardian, Guardianship
from services.enrollment.imports.rules.roster_rows import ChildRecord, GuardianRecord
from services.enrollment.imports.write_rows import (
    Changes,
    Written,
    import_alone,
    rows_on_file,
    table_of,
    write_changes,
)
from services.kernel.cipher import FieldCipher
from services.kernel.ids import new_id

MOST_SHEET_RANK = 2
"""A sheet names two guardians; whoever an officer approved stands behind them and is not the sheet's to remove."""


async def take_roster(
    tx: AsyncSession, school_id: UUID, records: Sequence[ChildRecord], *, cipher: FieldCipher, now: datetime
) -> Written:
    """Add or change children by student number. The same sheet again changes nothing.

    A child that the sheet does not name stays; an empty cell never erases a health note or a priority group. A
    guardian whom the sheet replaced loses the child.
    """
    await import_alone(tx, school_id)
    work = _Roster(school_id, cipher, now)
    await work.read_file(tx)
    counts = Counter(work.settle(record) for record in records)
    await write_changes(tx, school_id, work.changes(), now=now)
    return Written(counts["added"], counts["changed"], counts["unchanged"])


class _Roster:
    """What is on file, and how the sheet changes it."""

    def __init__(self, school_id: UUID, cipher: FieldCipher, now: datetime) -> None:
        self._school_id = school_id
        self._cipher = cipher
        self._now = now
        self._children = Changes(table_of(Child))
        self._guardians = Changes(table_of(Guardian))
        self._guardianships = Changes(table_of(Guardianship))
        self._health = Changes(table_of(ChildHealth))
        self._priority = Changes(table_of(ChildPriority))
        self._guardian_ids: dict[str, UUID] = {}

    async def read_file(self, tx: AsyncSession) -> None:
        school_id = self._school_id
        self._known = {row["student_no"]: row for row in await rows_on_file(tx, Child, school_id)}
        self._known_guardians = {
            row["phone_index"]: row for row in await rows_on_file(tx, Guardian, school_id)
        }
        self._notes = {row["child_id"]: row for row in await rows_on_file(tx, ChildHealth, school_id)}
        self._groups = {
            (r["child_id"], r["group_name"]) for r in await rows_on_file(tx, ChildPriority, school_id)
        }
        self._bonds: dict[UUID, dict[UUID, Mapping[str, Any]]] = {}
        for row in await rows_on_file(tx, Guardianship, school_id):
            self._bonds.setdefault(row["child_id"], {})[row["guardian_id"]] = row

    def changes(self) -> list[Changes]:
        """Parents first."""
        return [self._children, self._guardians, self._guardianships, self._health, self._priority]

    def settle(self, record: ChildRecord) -> str:
        """Note what one child's row changes; return added, changed or unchanged."""
        known = self._known.get(record.student_no)
        child_id: UUID = known["child_id"] if known is not None else new_id()
        fate = [
            self._children.settle(
                known,
                {"school_id": self._school_id, "child_id": child_id, "agreed_number": None},
                {
                    "student_no": record.student_no,
                    "name": record.name,
                    "pinyin": pinyin_of(record.name),
                    "initials": initials_of(record.name),
                    "sex": record.sex,
                    "grade": record.grade,
                    "class_name": record.class_name,
                    "boarder": record.boarder,
                    "removed": False,
                },
            ),
            *self._settle_guardians(child_id, record.guardians),
            *self._settle_notes(child_id, record),
        ]
        return fate[0] if fate[0] == "added" or set(fate) == {"unchanged"} else "changed"

    def _settle_guardians(self, child_id: UUID, guardians: Sequence[GuardianRecord]) -> list[str]:
        bonds = self._bonds.get(child_id, {})
        fates, named = [], set()
        for guardian in guardians:
            guardian_id, fate = self._guardian(guardian)
            named.add(guardian_id)
            fates.append(fate)
            fates.append(
                self._guardianships.settle(
                    bonds.get(guardian_id),
                    {
                        "school_id": self._school_id,
                        "child_id": child_id,
                        "guardian_id": guardian_id,
                        "may_choose": True,
                        "may_sign": True,
                        "may_collect": True,
                        "is_told": True,
                    },
                    {"relation": guardian.relation, "rank": guardian.rank, "removed": False},
                )
            )
        for guardian_id, bond in bonds.items():
            if guardian_id not in named and bond["rank"] <= MOST_SHEET_RANK and not bond["removed"]:
                values = {"relation": bond["relation"], "rank": bond["rank"], "removed": True}
                fates.append(self._guardianships.settle(bond, {}, values))
        return fates

    def _guardian(self, record: GuardianRecord) -> tuple[UUID, str]:
        """Return the id behind a phone; siblings share their guardians."""
        if (settled := self._guardian_ids.get(record.phone)) is not None:
            return settled, "unchanged"
        index = self._cipher.blind_index(record.phone)
        known = self._known_guardians.get(index)
        guardian_id: UUID = known["guardian_id"] if known is not None else new_id()
        self._guardian_ids[record.phone] = guardian_id
        fresh = {"school_id": self._school_id, "guardian_id": guardian_id, "phone_index": index}
        if known is None:
            fresh["phone_sealed"] = self._cipher.seal(record.phone)
        return guardian_id, self._guardians.settle(known, fresh, {"name": record.name, "removed": False})

    def _settle_notes(self, child_id: UUID, record: ChildRecord) -> list[str]:
        fates = []
        key = {"school_id": self._school_id, "child_id": child_id}
        if record.health_note is not None:
            known = self._notes.get(child_id)
            at = (
                known["recorded_at"]
                if known is not None and known["note"] == record.health_note
                else self._now
            )
            fates.append(self._health.settle(known, key, {"note": record.health_note, "recorded_at": at}))
        group = record.priority_group
        if group is not None and (child_id, group) not in self._groups:
            fates.append(self._priority.settle(None, key, {"group_name": group, "recorded_at": self._now}))
        return fates

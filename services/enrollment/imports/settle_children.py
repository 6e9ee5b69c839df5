"""What a roster's rows change of the children on file, some hundred rows at a time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.families.rules.name_reading import initials_of, pinyin_of
from services.enrollment.families.tables import (
    BlockedPerson,
    Child,
    ChildHealth,
    ChildPriority,
    Guardian,
    Guardianship,
)
from services.enrollment.imports.difference import ON_FILE, CellChange, Comparing, Shown, masked
from services.enrollment.imports.rules.roster_rows import ChildRecord, GuardianRecord
from services.enrollment.imports.write_rows import Changes, Settled, rows_on_file, table_of
from services.enrollment.words import grade_label
from services.kernel.cipher import FieldCipher
from services.kernel.ids import new_id

SEXES = {"boy": "男", "girl": "女"}

_CHILD = {
    "name": Shown("姓名"),
    "sex": Shown("性别", SEXES.__getitem__),
    "grade": Shown("年级", grade_label),
    "class_name": Shown("班级"),
    "boarder": Shown("是否住校", lambda boarder: "是" if boarder else "否"),
    "removed": ON_FILE,
}
_BOND = {"relation": Shown("与学生关系"), "rank": Shown("联系顺序"), "removed": ON_FILE}
_BONDS = text(
    "SELECT b.*, g.name, g.phone_sealed FROM guardianship b JOIN guardian g USING (school_id, guardian_id)"
    " WHERE b.school_id = :school_id AND b.child_id = ANY(CAST(:children AS uuid[])) ORDER BY b.rank, guardian_id"
)


class SettleChildren:
    """Holds rows against what is on file and gathers what is to be written, parents' tables first.

    ``shared`` are hashes of phones that stand in more than one row: only these need one id for several rows.
    """

    def __init__(
        self,
        tx: AsyncSession,
        school_id: UUID,
        cipher: FieldCipher,
        *,
        now: datetime,
        shared: Collection[int],
    ) -> None:
        self._tx = tx
        self._school_id = school_id
        self._cipher = cipher
        self._now = now
        self._shared = shared
        self._shared_ids: dict[str, UUID] = {}
        self._children = Changes(table_of(Child), _CHILD)
        self._guardians = Changes(table_of(Guardian), {"name": Shown("监护人姓名")})
        self._bonds = Changes(table_of(Guardianship), _BOND)
        self._health = Changes(table_of(ChildHealth), {"note": Shown("健康提示", secret=True)})
        self._priority = Changes(table_of(ChildPriority), {"group_name": Shown("优先保障类别", secret=True)})
        self.changes = [self._children, self._guardians, self._bonds, self._health, self._priority]

    async def settle(self, batch: Sequence[ChildRecord], comparing: Comparing) -> None:
        """Settle some children; reads what is on file about them first."""
        await self._read(batch)
        for record in batch:
            known = self._known.get(record.student_no)
            child_id: UUID = known["child_id"] if known is not None else new_id()
            child = self._settle_child(known, child_id, record)
            around = [*self._settle_guardians(child_id, record), *self._settle_notes(child_id, record)]
            changed = any(settled.fate != "unchanged" for settled in around)
            comparing.note(
                "changed" if changed and child.fate == "unchanged" else child.fate,
                record.student_no,
                record.name,
                record_id=known["child_id"] if known is not None else None,
                cells=[cell for settled in (child, *around) for cell in settled.cells],
                record=record,
            )

    async def _read(self, batch: Sequence[ChildRecord]) -> None:
        tx, school_id = self._tx, self._school_id
        numbers = [record.student_no for record in batch]
        phones = [guardian.phone for record in batch for guardian in record.guardians]
        self._indexes = {phone: self._cipher.blind_index(phone) for phone in phones}
        self._known = {
            row["student_no"]: row
            for row in await rows_on_file(tx, table_of(Child), school_id, student_no=numbers)
        }
        self._known_guardians = {
            row["phone_index"]: row
            for row in await rows_on_file(
                tx, table_of(Guardian), school_id, phone_index=self._indexes.values()
            )
        }
        children = [row["child_id"] for row in self._known.values()]
        self._notes = {
            row["child_id"]: row
            for row in await rows_on_file(tx, table_of(ChildHealth), school_id, child_id=children)
        }
        groups = await rows_on_file(tx, table_of(ChildPriority), school_id, child_id=children)
        self._groups = {(row["child_id"], row["group_name"]) for row in groups}
        self._blocked: set[tuple[UUID, str | bytes]] = set()
        for person in await rows_on_file(tx, table_of(BlockedPerson), school_id, child_id=children):
            if not person["removed"]:
                signs = (person["name"], person["phone_index"])
                self._blocked |= {(person["child_id"], sign) for sign in signs if sign is not None}
        self._known_bonds: dict[UUID, dict[UUID, Mapping[str, Any]]] = {}
        bonds = await tx.execute(_BONDS, {"school_id": school_id, "children": children})
        for row in bonds.mappings():
            self._known_bonds.setdefault(row["child_id"], {})[row["guardian_id"]] = dict(row)

    def _settle_child(self, known: Mapping[str, Any] | None, child_id: UUID, record: ChildRecord) -> Settled:
        return self._children.settle(
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
        )

    def _settle_guardians(self, child_id: UUID, record: ChildRecord) -> list[Settled]:
        bonds = self._known_bonds.get(child_id, {})
        found, named = [], set()
        for guardian in record.guardians:
            guardian_id, person = self._guardian(guardian)
            named.add(guardian_id)
            fresh = {
                "school_id": self._school_id,
                "child_id": child_id,
                "guardian_id": guardian_id,
                "may_choose": True,
                "may_sign": True,
                # Who is kept from a child does not come to collect it by standing on a sheet.
                "may_collect": not self._is_blocked(child_id, guardian),
                "is_told": True,
            }
            before = bonds.get(guardian_id)
            values = {
                "relation": guardian.relation,
                # Whom to call first may be an officer's word by now: the sheet says it of new guardians only.
                "rank": guardian.rank if before is None or before["removed"] else before["rank"],
                "from_sheet": True,
                "removed": False,
            }
            bond = self._bonds.settle(before, fresh, values)
            if bond.fate == "added":
                words = _said(guardian.name, guardian.relation, guardian.phone)
                found.append(Settled("added", [CellChange(column="监护人", old=None, new=words)]))
            else:
                found += [person, bond]
        gone = [row for key, row in bonds.items() if key not in named and row["from_sheet"]]
        return [*found, *(self._end(row) for row in gone if not row["removed"])]

    def _is_blocked(self, child_id: UUID, guardian: GuardianRecord) -> bool:
        return any(
            (child_id, sign) in self._blocked for sign in (guardian.name, self._indexes[guardian.phone])
        )

    def _end(self, bond: Mapping[str, Any]) -> Settled:
        values = {name: bond[name] for name in ("relation", "rank", "from_sheet")} | {"removed": True}
        self._bonds.settle(bond, {}, values)
        words = _said(bond["name"], bond["relation"], self._cipher.open(bond["phone_sealed"]))
        return Settled("changed", [CellChange(column="监护人", old=words, new=None)])

    def _guardian(self, record: GuardianRecord) -> tuple[UUID, Settled]:
        """Return the id behind a phone; siblings share their guardians."""
        if (before := self._shared_ids.get(record.phone)) is not None:
            return before, Settled("unchanged", [])
        index = self._indexes[record.phone]
        known = self._known_guardians.get(index)
        guardian_id: UUID = known["guardian_id"] if known is not None else new_id()
        if hash(record.phone) in self._shared:
            self._shared_ids[record.phone] = guardian_id
        fresh = {"school_id": self._school_id, "guardian_id": guardian_id, "phone_index": index}
        if known is None:
            fresh["phone_sealed"] = self._cipher.seal(record.phone)
        return guardian_id, self._guardians.settle(known, fresh, {"name": record.name, "removed": False})

    def _settle_notes(self, child_id: UUID, record: ChildRecord) -> list[Settled]:
        found = []
        key = {"school_id": self._school_id, "child_id": child_id}
        if record.health_note is not None:
            known = self._notes.get(child_id)
            same = known is not None and known["note"] == record.health_note
            at = known["recorded_at"] if known is not None and same else self._now
            found.append(self._health.settle(known, key, {"note": record.health_note, "recorded_at": at}))
        group = record.priority_group
        if group is not None and (child_id, group) not in self._groups:
            values = {"group_name": group, "recorded_at": self._now}
            found.append(self._priority.settle(None, key, values))
        return found


def _said(name: str, relation: str, phone: str) -> str:
    return f"{name}（{relation}，{masked(phone)}）"

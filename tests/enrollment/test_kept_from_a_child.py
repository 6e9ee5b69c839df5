"""Who is kept from a child by an order gets no right to collect it, by whatever door somebody would give it."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from services.enrollment.families.block_person import Block, block_person
from services.enrollment.families.change_guardianship import Rights, set_rights
from services.enrollment.families.errors import GuardianIsBlocked
from services.enrollment.imports.import_file import Upload, import_file
from services.enrollment.imports.sheet_kinds import Desk
from services.enrollment.policy import Policy
from services.kernel.cipher import FieldCipher
from tests.enrollment.conftest import EXAMPLES, NOON, RolledBack, Schools

PHONE = "13900001234"
NUMBER = "20260101"
CHILD = text("SELECT child_id FROM child WHERE student_no = :number")
COLLECTS = text(
    "SELECT b.may_collect FROM guardianship b JOIN guardian g USING (school_id, guardian_id)"
    " WHERE b.child_id = :child_id AND g.name = :name"
)


async def test_an_officer_gives_it_back_only_when_the_order_is_lifted(
    filled: Schools, at: RolledBack, cipher: FieldCipher, families: Any
) -> None:
    async with at(filled.primary) as tx:
        family = (await families(tx, filled.primary, 1))[0]
        bond = (family.child_id, family.guardian_id)
        sealed = text("SELECT phone_sealed FROM guardian WHERE guardian_id = :id")
        phone = cipher.open(await tx.scalar(sealed, {"id": family.guardian_id}))
        block = Block(family.child_id, "另一种写法", phone, "法院裁定", "（2026）潞01民初5号")
        await block_person(tx, filled.primary, block, cipher=cipher, by=filled.officers["S001"], now=NOON)
        rights: Any = {"may_choose": True, "may_sign": True, "is_told": True, "rank": 1}
        with pytest.raises(GuardianIsBlocked):
            await set_rights(tx, filled.primary, bond, Rights(may_collect=True, **rights), now=NOON)
        kept = await set_rights(tx, filled.primary, bond, Rights(may_collect=False, **rights), now=NOON)
        assert not kept.may_collect


async def test_a_sheet_that_names_them_guardian_does_not_give_it(
    filled: Schools, at: RolledBack, cipher: FieldCipher, policy: Policy, tmp_path: Path
) -> None:
    book = load_workbook(EXAMPLES / "primary-roster.xlsx")
    page = book.worksheets[0]
    words = [cell.value for cell in page[2]]
    line = next(row for row in page.iter_rows(min_row=3) if row[words.index("学号")].value == NUMBER)
    line[words.index("监护人1姓名")].value = "郭新民"
    line[words.index("监护人1手机")].value = PHONE
    book.save(tmp_path / "roster.xlsx")
    async with at(filled.primary) as tx:
        child_id = await tx.scalar(CHILD, {"number": NUMBER})
        block = Block(child_id, "郭某", PHONE, "法院裁定", "（2026）潞01民初6号")
        await block_person(tx, filled.primary, block, cipher=cipher, by=filled.officers["S001"], now=NOON)
        desk = Desk(filled.primary, policy, cipher, NOON)
        report = await import_file(tx, desk, "roster", Upload("roster.xlsx", tmp_path / "roster.xlsx"))
        assert report.written
        assert await tx.scalar(COLLECTS, {"child_id": child_id, "name": "郭新民"}) is False

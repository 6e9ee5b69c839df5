"""A sheet shows its difference first: what would be written, who is missing, and nothing else is written then."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.difference import MOST_SHOWN, Difference, RecordChange
from services.enrollment.imports.errors import DifferenceChanged
from services.enrollment.imports.import_file import Upload, import_file
from services.enrollment.imports.sheet_kinds import Desk
from services.enrollment.policy import Policy
from services.kernel.cipher import FieldCipher
from tests.enrollment.conftest import EXAMPLES, NOON, RolledBack, Schools

Sheet = Callable[..., Path]
"""(what becomes of the rows, kind) -> the file."""


@pytest.fixture
def desk(filled: Schools, policy: Policy, cipher: FieldCipher) -> Desk:
    return Desk(filled.primary, policy, cipher, NOON)


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    """The primary school's roster as somebody changed it."""

    def write(change: Callable[[list[dict[str, Any]]], object], kind: str = "roster") -> Path:
        lines = list(load_workbook(EXAMPLES / f"primary-{kind}.xlsx").worksheets[0].values)
        head = next(index for index, line in enumerate(lines) if {"学号", "工号"} & set(line))
        columns = [str(word) for word in lines[head] if word]
        rows = [dict(zip(columns, line, strict=False)) for line in lines[head + 1 :]]
        change(rows)
        book = Workbook()
        page = book.worksheets[0]
        page.append(columns)
        for row in rows:
            page.append([row[column] for column in columns])
        book.save(tmp_path / "changed.xlsx")
        return tmp_path / "changed.xlsx"

    return write


async def shown(tx: AsyncSession, desk: Desk, path: Path, kind: str = "roster") -> Difference:
    report = await import_file(tx, desk, kind, Upload(path.name, path), dry_run=True)
    assert report.difference is not None
    return report.difference


def of(difference: Difference, key: str) -> RecordChange:
    (change,) = [change for change in difference.shown if change.key == key]
    return change


async def test_a_changed_cell_is_shown_with_its_old_and_new_words(
    filled: Schools, at: RolledBack, desk: Desk, sheet: Sheet
) -> None:
    path = sheet(
        lambda rows: rows[0].update({"班级": "3班", "性别": "女" if rows[0]["性别"] == "男" else "男"})
    )
    async with at(filled.primary) as tx:
        difference = await shown(tx, desk, path)
        assert (difference.added, difference.changed, difference.unchanged) == (0, 1, 1183)
        cells = {cell.column: (cell.old, cell.new) for cell in of(difference, "20260101").cells}
        assert cells["班级"] == ("1班", "3班")
        assert set(cells) == {"班级", "性别"}


async def test_a_replaced_guardian_is_shown_on_both_sides_with_a_masked_phone(
    filled: Schools, at: RolledBack, desk: Desk, sheet: Sheet
) -> None:
    path = sheet(lambda rows: rows[0].update({"监护人1姓名": "新监护", "监护人1手机": "13812341234"}))
    async with at(filled.primary) as tx:
        difference = await shown(tx, desk, path)
        cells = of(difference, "20260101").cells
        assert [cell.column for cell in cells] == ["监护人", "监护人"]
        assert cells[0].new is not None
        assert "138****1234" in cells[0].new
        assert cells[1].new is None
        assert "13812341234" not in difference.model_dump_json()


async def test_a_secret_cell_says_only_that_it_changes(
    filled: Schools, at: RolledBack, desk: Desk, sheet: Sheet
) -> None:
    path = sheet(lambda rows: rows[0].update({"健康提示": "花生过敏", "优先保障类别": "留守儿童"}))
    async with at(filled.primary) as tx:
        difference = await shown(tx, desk, path)
        assert {cell.column for cell in of(difference, "20260101").cells} == {"健康提示", "优先保障类别"}
        assert "花生" not in difference.model_dump_json()
        assert "留守" not in difference.model_dump_json()


async def test_a_child_that_the_sheet_lost_is_listed_and_stays(
    filled: Schools, at: RolledBack, desk: Desk, sheet: Sheet
) -> None:
    path = sheet(lambda rows: rows.pop(0))
    async with at(filled.primary) as tx:
        difference = await shown(tx, desk, path)
        assert (difference.missing, difference.changed) == (1, 0)
        missing = of(difference, "20260101")
        assert missing.fate == "missing"
        await import_file(tx, desk, "roster", Upload(path.name, path), expects=difference.digest)
        still = await tx.scalar(
            text("SELECT NOT removed FROM child WHERE child_id = :id"), {"id": missing.record_id}
        )
        assert still


async def test_what_was_agreed_to_is_written_or_nothing(
    filled: Schools, at: RolledBack, desk: Desk, sheet: Sheet
) -> None:
    path = sheet(lambda rows: rows[0].update({"班级": "3班"}))
    async with at(filled.primary) as tx:
        agreed = await shown(tx, desk, path)
        await tx.execute(text("UPDATE child SET class_name = '2班' WHERE student_no = '20260102'"))
        with pytest.raises(DifferenceChanged) as caught:
            await import_file(tx, desk, "roster", Upload(path.name, path), expects=agreed.digest)
        assert caught.value.facts["difference"]["changed"] == 2
        now = await shown(tx, desk, path)
        report = await import_file(tx, desk, "roster", Upload(path.name, path), expects=now.digest)
        assert report.changed == 2
        assert (await shown(tx, desk, path)).changed == 0


async def test_another_file_is_another_difference_also_where_the_words_look_alike(
    filled: Schools, at: RolledBack, desk: Desk, sheet: Sheet
) -> None:
    async with at(filled.primary) as tx:
        digests = set()
        for note in ("花生过敏", "牛奶过敏"):
            path = sheet(lambda rows, note=note: rows[0].update({"健康提示": note}))
            digests.add((await shown(tx, desk, path)).digest)
        assert len(digests) == 2


async def test_a_whole_new_roster_is_counted_whole_and_shown_in_part(
    filled: Schools, at: RolledBack, policy: Policy, cipher: FieldCipher
) -> None:
    school: UUID = filled.ids["S003"]
    async with at(school) as tx:
        difference = await shown(tx, Desk(school, policy, cipher, NOON), EXAMPLES / "primary-roster.xlsx")
        assert (difference.added, len(difference.shown)) == (1184, MOST_SHOWN)


async def test_the_run_on_file_keeps_the_digest_and_no_names(
    filled: Schools, at: RolledBack, desk: Desk, sheet: Sheet
) -> None:
    path = sheet(lambda rows: rows[0].update({"姓名": "改名同学"}))
    async with at(filled.primary) as tx:
        await import_file(tx, desk, "roster", Upload(path.name, path))
        kept = await tx.scalar(
            text("SELECT report::text FROM import_run WHERE kind = 'roster' ORDER BY run_id DESC LIMIT 1")
        )
        assert '"digest"' in kept
        assert "改名同学" not in kept


@pytest.mark.parametrize(
    ("kind", "column", "before"),
    [
        ("rooms", "容量", "UPDATE room SET capacity = 0 WHERE name = (SELECT min(name) FROM room)"),
        ("staff", "姓名", "UPDATE staff SET name = '旧名' WHERE staff_no = 'T001'"),
        (
            "collectors",
            "与学生关系",
            "UPDATE collector SET relation = '旧' WHERE collector_id = (SELECT collector_id FROM collector LIMIT 1)",
        ),
        ("menu", "人数上限", "UPDATE offering SET capacity = 7 WHERE code = 'K055'"),
    ],
)
async def test_every_kind_of_sheet_shows_its_difference(
    kind: str, column: str, before: str, filled: Schools, at: RolledBack, desk: Desk
) -> None:
    async with at(filled.primary) as tx:
        await tx.execute(text(before))
        difference = await shown(tx, desk, EXAMPLES / f"primary-{kind}.xlsx", kind)
        (change,) = [one for one in difference.shown if one.fate == "changed"]
        assert [cell.column for cell in change.cells] == [column]


async def test_who_left_the_staff_sheet_is_listed_and_the_invited_officer_is_not(
    filled: Schools, at: RolledBack, desk: Desk, sheet: Sheet
) -> None:
    path = sheet(lambda rows: rows.__delitem__(slice(0, 2)), "staff")
    async with at(filled.primary) as tx:
        await tx.execute(
            text(
                "UPDATE staff SET granted = '{school_admin}', staff_no = 'invited-1' WHERE staff_no = 'T002'"
            )
        )
        difference = await shown(tx, desk, path, "staff")
        assert [one.key for one in difference.shown if one.fate == "missing"] == ["T001"]


async def test_rights_that_an_officer_set_outlive_the_next_sheet(
    filled: Schools, at: RolledBack, desk: Desk
) -> None:
    async with at(filled.primary) as tx:
        await tx.execute(
            text("UPDATE guardianship SET may_choose = false, is_told = false, rank = 7 WHERE rank = 2")
        )
        path = EXAMPLES / "primary-roster.xlsx"
        report = await import_file(tx, desk, "roster", Upload(path.name, path))
        assert (report.changed, report.unchanged) == (0, 1184)
        assert not await tx.scalar(text("SELECT bool_or(may_choose) FROM guardianship WHERE rank = 7"))

"""Every list goes out in the form in which it came in: taken in again, it changes nothing."""

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from services.enrollment.families.tables import SensitiveRead
from services.enrollment.imports.import_file import Upload, import_file
from services.enrollment.imports.sheet_kinds import SHEET_KINDS
from services.enrollment.imports.sheet_kinds import Desk as ImportDesk
from services.enrollment.outgoing.errors import ResultsToExportNotOut, RoundToExportUnknown, UnknownExport
from services.enrollment.outgoing.export_book import OPERATOR, export_book
from services.enrollment.outgoing.export_kinds import EXPORT_KINDS
from services.enrollment.policy import Policy
from services.kernel.cipher import FieldCipher
from services.kernel.ids import new_id
from tests.enrollment.conftest import EXAMPLES, NOON, RolledBack, Schools
from tests.enrollment.written_lists import MakeDesk, book, rows

OF_A_SCHOOL = ("staff", "rooms", "roster", "menu", "collectors")
NASTY = ('=HYPERLINK("http://x","点我")', "+86 138", "-1+2", "@SUM(A1)", "\t=1+1")


@pytest.mark.parametrize("kind", OF_A_SCHOOL)
@pytest.mark.parametrize("code", ["S001", "S002"])
async def test_what_goes_out_comes_in_unchanged(
    at: RolledBack, filled: Schools, desk: MakeDesk, policy: Policy, cipher: FieldCipher, code: str, kind: str
) -> None:
    school_id = filled.ids[code]
    async with at(school_id) as tx:
        file, name = await book(tx, desk(school_id), kind)
        report = await import_file(tx, ImportDesk(school_id, policy, cipher, NOON), kind, Upload(name, file))
    assert report.rejected == 0
    assert (report.added, report.changed) == (0, 0)
    assert report.unchanged == report.rows > 0


async def test_the_bureaus_list_comes_in_unchanged(
    at: RolledBack, filled: Schools, desk: MakeDesk, policy: Policy, cipher: FieldCipher
) -> None:
    async with at(*filled.ids.values()) as tx:
        file, name = await book(tx, desk(None), "schools")
        report = await import_file(tx, ImportDesk(None, policy, cipher, NOON), "schools", Upload(name, file))
    assert (report.added, report.changed, report.unchanged) == (0, 0, 4)


@pytest.mark.parametrize("kind", OF_A_SCHOOL)
async def test_it_looks_like_what_the_school_sent(
    at: RolledBack, filled: Schools, desk: MakeDesk, kind: str
) -> None:
    """The same sheets by name, the same header in the same order, a title above it where there was one.

    A menu has more columns behind those of the sample: aims, materials, classes, invitation, people from outside.
    """
    sent = load_workbook(EXAMPLES / f"primary-{kind}.xlsx")
    async with at(filled.primary) as tx:
        file, _ = await book(tx, desk(filled.primary), kind)
    out = load_workbook(file)
    assert out.sheetnames == sent.sheetnames
    for name in sent.sheetnames:
        at_row = 1 if kind == "collectors" else 2
        header = [cell.value for cell in sent[name][at_row]]
        assert [cell.value for cell in out[name][at_row]][: len(header)] == header
        assert out[name].max_row == sent[name].max_row
        assert bool(out[name].merged_cells) == bool(sent[name].merged_cells)


async def test_every_column_that_an_import_knows_goes_out(
    at: RolledBack, filled: Schools, desk: MakeDesk
) -> None:
    for kind in OF_A_SCHOOL:
        async with at(filled.primary) as tx:
            file, _ = await book(tx, desk(filled.primary), kind)
        sheets = load_workbook(file).worksheets
        for form, sheet in zip(SHEET_KINDS[kind].forms, sheets, strict=True):
            header = {cell.value for cell in sheet[1 if kind == "collectors" else 2]}
            assert header == {*form.columns, *form.optional}


async def test_a_menu_with_everything_on_it_comes_in_unchanged_too(
    at: RolledBack, filled: Schools, desk: MakeDesk, policy: Policy, cipher: FieldCipher
) -> None:
    """Aims, materials, classes, invitation, and a change that waits for the next publication."""
    async with at(filled.primary) as tx:
        await tx.execute(
            text("UPDATE offering SET by_round = true, aims = '学会合唱', materials = '歌本',"
                 " classes = ARRAY['三年级1班', '三年级2班'],"
                 " by_invitation = true, fee_fen = 0 WHERE code = 'K058'")
        )  # fmt: skip
        await tx.execute(
            text("INSERT INTO offering_change (school_id, offering_id, new_values, changed_at)"
                 " SELECT school_id, offering_id, '{\"title\": \"新名称\"}', now() FROM offering WHERE code = 'K059'")
        )  # fmt: skip
        file, name = await book(tx, desk(filled.primary), "menu")
        again = ImportDesk(filled.primary, policy, cipher, NOON)
        report = await import_file(tx, again, "menu", Upload(name, file))
        titles = {
            row[0].value: row[1].value for row in load_workbook(file).worksheets[0].iter_rows(min_row=3)
        }
    assert titles["K059"] == "新名称"
    assert (report.added, report.changed, report.unchanged) == (0, 0, 102)


async def test_numbers_that_are_names_stay_text(at: RolledBack, filled: Schools, desk: MakeDesk) -> None:
    async with at(filled.primary) as tx:
        file, _ = await book(tx, desk(filled.primary), "roster")
    row = load_workbook(file).worksheets[0][3]
    assert [(row[at].data_type, row[at].number_format) for at in (0, 7)] == [("s", "@"), ("s", "@")]
    assert (row[0].value, row[7].value) == ("20260101", "19900000001")


async def test_what_begins_like_a_formula_stays_a_text_that_never_runs(
    at: RolledBack, filled: Schools, desk: MakeDesk, policy: Policy, cipher: FieldCipher
) -> None:
    async with at(filled.primary) as tx:
        children = list(
            await tx.scalars(
                text("SELECT child_id FROM child ORDER BY grade, class_name, student_no LIMIT 5")
            )
        )
        await tx.execute(text("DELETE FROM child_health WHERE child_id = ANY(:ids)"), {"ids": children})
        for child_id, note in zip(children, NASTY, strict=True):
            await tx.execute(
                text("INSERT INTO child_health (school_id, child_id, note, recorded_at)"
                     " VALUES (:school, :child, :note, now())"),
                {"school": filled.primary, "child": child_id, "note": note},
            )  # fmt: skip
        file, name = await book(tx, desk(filled.primary), "roster")
        sheet = load_workbook(file).worksheets[0]
        found = {
            cell.value: (cell.data_type, cell.number_format) for cell in sheet["N"] if cell.value in NASTY
        }
        assert found == dict.fromkeys(NASTY, ("s", "@"))
        assert b"<f>" not in file.getvalue()
        again = ImportDesk(filled.primary, policy, cipher, NOON)
        report = await import_file(tx, again, "roster", Upload(name, file), dry_run=True)
        assert report.rejected == 0


async def test_a_character_that_no_workbook_may_hold_does_not_stop_the_list(
    at: RolledBack, filled: Schools, desk: MakeDesk
) -> None:
    async with at(filled.primary) as tx:
        await tx.execute(text("UPDATE room SET name = E'音乐\\x0b室' WHERE name = '音乐教室'"))
        names = {row[0] for row in await rows(tx, desk(filled.primary), "rooms")}
    assert not [name for name in names if name and "\x0b" in name]


async def test_who_had_a_list_with_phones_is_kept(at: RolledBack, filled: Schools, desk: MakeDesk) -> None:
    officer = filled.officers["S001"]
    async with at(filled.primary) as tx:
        for kind in EXPORT_KINDS.keys() - {"schools", "wishes", "results"}:
            await export_book(tx, desk(filled.primary), kind, io.BytesIO(), by=officer, now=NOON)
        kept = list(
            await tx.scalars(text("SELECT what FROM sensitive_read WHERE staff_id = :by"), {"by": officer})
        )
        await export_book(tx, desk(filled.primary), "roster", io.BytesIO(), now=NOON)
        by_hand = await tx.get(SensitiveRead, (filled.primary, await tx.scalar(
            text("SELECT read_id FROM sensitive_read WHERE staff_id = :by"), {"by": OPERATOR})))  # fmt: skip
    assert kept == ["export", "export", "export"]
    assert by_hand is not None


async def test_the_results_of_a_round_go_out_when_they_are_out(
    at: RolledBack, filled: Schools, desk: MakeDesk
) -> None:
    round_id = new_id()
    async with at(filled.primary) as tx:
        await tx.execute(
            text("INSERT INTO round (school_id, round_id, term_id, kind, title, visible_from, opens_at, closes_at,"
                 " results_at, most_clubs, most_wishes, announced_at, announced_by)"
                 " SELECT school_id, :round, term_id, 'preference', '社团第一轮', :at, :at, :at, :at, 2, 5, :at, :by"
                 " FROM term WHERE school_id = :school LIMIT 1"),
            {"round": round_id, "at": NOON, "by": filled.officers["S001"], "school": filled.primary},
        )  # fmt: skip
        with pytest.raises(ResultsToExportNotOut):
            await rows(tx, desk(filled.primary, round_id=round_id), "results")
        await tx.execute(
            text("UPDATE round SET published_at = :at WHERE round_id = :id"), {"at": NOON, "id": round_id}
        )
        await tx.execute(
            text("INSERT INTO draw_wish (school_id, round_id, child_id, rank, offering_id, outcome, facts)"
                 " SELECT c.school_id, :round, c.child_id, 1, o.offering_id, 'full', '{}'"
                 " FROM child c JOIN offering o USING (school_id) WHERE o.code = 'K058' AND c.school_id = :school"
                 " ORDER BY c.student_no LIMIT 1"),
            {"round": round_id, "school": filled.primary},
        )  # fmt: skip
        title, _, found = await rows(tx, desk(filled.primary, round_id=round_id), "results")
        overview = await rows(tx, desk(filled.primary, round_id=round_id), "wishes")
        with pytest.raises(RoundToExportUnknown):
            await rows(tx, desk(filled.primary, round_id=new_id()), "wishes")
    assert title[0] == "实验小学 社团第一轮 结果"
    assert (found[3], found[4], found[-1]) == (1, "K058", "名额已满")
    assert overview[0][0] == "实验小学 社团第一轮 志愿汇总（0 份志愿单）"


async def test_a_list_that_does_not_exist_is_refused_by_name(
    at: RolledBack, filled: Schools, desk: MakeDesk
) -> None:
    async with at(filled.primary) as tx:
        with pytest.raises(UnknownExport):
            await rows(tx, desk(filled.primary), "marks")

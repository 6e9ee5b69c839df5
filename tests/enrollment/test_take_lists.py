"""What an import writes: all or nothing, once, quickly, and only in its own school."""

import time
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.errors import RowsRejected, UnknownKind
from services.enrollment.imports.finding import Report
from services.enrollment.imports.import_file import Take, Upload, import_file
from services.enrollment.imports.sheet_kinds import Desk
from services.enrollment.policy import Policy
from services.kernel.cipher import FieldCipher
from tests.enrollment.conftest import EXAMPLES, NOON, RolledBack, Schools

Desks = Callable[[UUID], Desk]


@pytest.fixture
def desk(policy: Policy, cipher: FieldCipher) -> Desks:
    return lambda school_id: Desk(school_id, policy, cipher, NOON)


async def take(tx: AsyncSession, desk: Desk, kind: str, name: str, **wanted: object) -> Report:
    return await import_file(tx, desk, kind, Upload(name, EXAMPLES / name), **wanted)  # type: ignore[arg-type]


async def count(tx: AsyncSession, table: str) -> int:
    return int(await tx.scalar(text(f"SELECT count(*) FROM {table}")))  # noqa: S608 - our own words


async def test_the_samples_are_on_file_whole(filled: Schools, at: RolledBack) -> None:
    async with at(filled.primary) as tx:
        assert await count(tx, "child") == 1184
        assert await count(tx, "staff") == 83
        assert await count(tx, "room") == 68
        assert await count(tx, "offering") == 102
        assert await count(tx, "collector") == 160
        assert await count(tx, "blocked_person") == 5
        assert await count(tx, "self_release_permission") == 42
        assert await count(tx, "child_health") == 52
        assert await count(tx, "child_priority") == 118


async def test_siblings_share_their_guardians(filled: Schools, at: RolledBack) -> None:
    async with at(filled.primary) as tx:
        assert await count(tx, "guardian") == 1997
        assert await count(tx, "guardianship") == 2139


async def test_no_phone_stands_in_the_database_in_the_clear(filled: Schools, at: RolledBack) -> None:
    async with at(filled.primary) as tx:
        row = (await tx.execute(text("SELECT * FROM guardian LIMIT 1"))).mappings().one()
        assert not any(isinstance(value, str) and "199000" in value for value in row.values())
        assert b"199000" not in row["phone_sealed"]


@pytest.mark.parametrize("kind", ["staff", "rooms", "roster", "menu", "collectors"])
async def test_the_same_sheet_again_changes_nothing(
    kind: str, filled: Schools, at: RolledBack, desk: Desks
) -> None:
    async with at(filled.primary) as tx:
        before = await tx.scalar(text("SELECT version FROM school_version"))
        report = await take(tx, desk(filled.primary), kind, f"primary-{kind}.xlsx")
        assert (report.added, report.changed) == (0, 0)
        assert report.unchanged == report.taken
        assert await tx.scalar(text("SELECT version FROM school_version")) == before


async def test_a_file_with_a_bad_row_is_not_taken_at_all(
    filled: Schools, at: RolledBack, desk: Desks
) -> None:
    school = filled.ids["S003"]
    async with at(school) as tx:
        with pytest.raises(RowsRejected) as caught:
            await take(tx, desk(school), "roster", "messy-roster.xlsx")
        assert caught.value.facts["rejected"] == 5
        assert await count(tx, "child") == 0


async def test_the_good_rows_are_taken_when_asked_for(filled: Schools, at: RolledBack, desk: Desks) -> None:
    school = filled.ids["S003"]
    async with at(school) as tx:
        report = await take(tx, desk(school), "roster", "messy-roster.xlsx", take=Take.GOOD_ROWS)
        assert (report.written, report.added, report.rejected) == (True, 44, 5)
        assert await count(tx, "child") == 44
        note = await tx.scalar(text("SELECT note FROM child_health WHERE note LIKE '=%'"))
        assert note == '=HYPERLINK("x")'
        assert await count(tx, "import_run") == 1


async def test_a_dry_run_writes_nothing(filled: Schools, at: RolledBack, desk: Desks) -> None:
    school = filled.ids["S003"]
    async with at(school) as tx:
        report = await take(tx, desk(school), "roster", "messy-roster.xlsx", dry_run=True)
        assert (report.written, report.taken) == (False, 44)
        assert await count(tx, "child") + await count(tx, "import_run") == 0


async def test_a_changed_cell_changes_one_child_and_its_version(
    filled: Schools, at: RolledBack, desk: Desks
) -> None:
    async with at(filled.primary) as tx:
        await tx.execute(text("UPDATE child SET class_name = '9班' WHERE student_no = '20260101'"))
        report = await take(tx, desk(filled.primary), "roster", "primary-roster.xlsx")
        assert (report.added, report.changed, report.unchanged) == (0, 1, 1183)
        newest = await tx.scalar(text("SELECT version FROM school_version"))
        fresh = await tx.execute(
            text("SELECT student_no, class_name FROM child WHERE version = :version"), {"version": newest}
        )
        assert [tuple(row) for row in fresh] == [("20260101", "1班")]


async def add_guardian(tx: AsyncSession, child: UUID, name: str, *, rank: int) -> None:
    """Make somebody who is on file a guardian of the child."""
    statement = text(
        "INSERT INTO guardianship (school_id, child_id, guardian_id, relation, rank, may_choose, may_sign,"
        " may_collect, is_told, from_sheet, removed, version) SELECT school_id, :child, guardian_id, name, :rank,"
        " true, true, true, true, :rank <= 2, false, 0 FROM guardian WHERE name = :name LIMIT 1"
    )
    await tx.execute(statement, {"child": child, "name": name, "rank": rank})


async def test_a_replaced_guardian_loses_the_child_and_an_approved_one_keeps_it(
    filled: Schools, at: RolledBack, desk: Desks
) -> None:
    async with at(filled.primary) as tx:
        child = await tx.scalar(text("SELECT child_id FROM child WHERE student_no = '20260101'"))
        await add_guardian(tx, child, "奚景瑞", rank=2)
        await add_guardian(tx, child, "葛嘉轩", rank=3)
        await take(tx, desk(filled.primary), "roster", "primary-roster.xlsx")
        rows = await tx.execute(
            text("SELECT relation FROM guardianship WHERE child_id = :child AND removed"), {"child": child}
        )
        assert list(rows.scalars()) == ["奚景瑞"]


async def test_what_a_sheet_changes_of_a_published_offering_waits_for_the_next_publication(
    filled: Schools, at: RolledBack, desk: Desks
) -> None:
    async with at(filled.primary) as tx:
        await tx.execute(text("UPDATE offering SET capacity = 7 WHERE code = 'K055'"))
        report = await take(tx, desk(filled.primary), "menu", "primary-menu.xlsx")
        assert (report.added, report.changed) == (0, 1)
        assert await tx.scalar(text("SELECT capacity FROM offering WHERE code = 'K055'")) == 7
        waiting = await tx.execute(text("SELECT new_values FROM offering_change"))
        assert [row.new_values for row in waiting] == [{"capacity": 24}]
        again = await take(tx, desk(filled.primary), "menu", "primary-menu.xlsx")
        assert (again.changed, again.unchanged) == (0, 102)


async def test_an_import_never_touches_another_school(filled: Schools, at: RolledBack, desk: Desks) -> None:
    async with at(filled.junior) as tx:
        assert await count(tx, "child") == 618
        children = await tx.execute(text("SELECT DISTINCT school_id FROM child"))
        assert list(children.scalars()) == [filled.junior]


async def test_eleven_hundred_children_are_taken_in_seconds(
    filled: Schools, at: RolledBack, desk: Desks
) -> None:
    school = filled.ids["S003"]
    started = time.perf_counter()
    async with at(school) as tx:
        report = await take(tx, desk(school), "roster", "primary-roster.xlsx")
        assert report.added == 1184
    assert time.perf_counter() - started < 10


async def test_there_is_no_import_of_another_kind(filled: Schools, at: RolledBack, desk: Desks) -> None:
    async with at(filled.primary) as tx:
        with pytest.raises(UnknownKind):
            await take(tx, desk(filled.primary), "grades", "primary-roster.xlsx")


async def test_a_teaching_point_is_run_by_its_central_school(filled: Schools, at: RolledBack) -> None:
    async with at() as tx:
        rows = await tx.execute(
            text("SELECT s.code, c.code FROM school s JOIN school c ON c.school_id = s.run_by_id")
        )
        assert [tuple(row) for row in rows] == [("S004", "S003")]


async def test_staff_get_their_personas_from_their_posts(filled: Schools, at: RolledBack) -> None:
    async with at(filled.primary) as tx:
        rows = await tx.execute(text("SELECT DISTINCT personas FROM staff ORDER BY 1"))
        assert [sorted(row.personas) for row in rows] == [
            ["clinic"], ["duty_leader"], ["enrolment_officer", "school_admin"], ["principal"], ["teacher"],
        ]  # fmt: skip
        homeroom = await tx.execute(
            text("SELECT homeroom_grade, homeroom_class FROM staff WHERE staff_no = 'T001'")
        )
        assert tuple(homeroom.one()) == (1, "1班")

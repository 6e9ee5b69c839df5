"""What neighbours copy: complete, in order, whole versions, and quick."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.contracts.internal.enrollment import RosterPage
from services.enrollment.roster import tell_roster
from services.enrollment.roster.errors import NoRoster
from services.enrollment.roster.page_bounds import cut
from services.enrollment.roster.roster_page import roster_page
from services.enrollment.roster.take_version import take_version
from services.enrollment.selection.ask_for_care import CareAsked, ask_for_care
from services.kernel.cipher import FieldCipher
from services.kernel.clock import ManualClock
from services.kernel.database.transaction import Database
from services.kernel.timers import TimerRunner
from tests.conftest import Databases
from tests.enrollment.conftest import NOON, RolledBack, Schools
from tests.version_guard import guard_versions

ALL = 1_000_000


async def test_a_page_from_zero_holds_everything(
    filled: Schools, at: RolledBack, cipher: FieldCipher
) -> None:
    async with at(filled.primary) as tx:
        page = await roster_page(tx, filled.primary, since=0, limit=ALL, cipher=cipher)
    sizes = {name: len(value) for name, value in page if isinstance(value, list)}
    assert sizes == {
        "terms": 1, "children": 1184, "staff": 83, "rooms": 68, "guardians": 1997, "guardianships": 2139,
        "collectors": 160, "blocked": 5, "self_release": 42, "offerings": 102, "places": 0,
    }  # fmt: skip
    assert not page.more
    assert page.school.code == "S001"
    assert next(one for one in page.staff if one.staff_no == "T001").phone == "19900050001"
    assert page.terms[0].days[0].runs_as == 2


async def test_nothing_new_is_an_empty_page(filled: Schools, at: RolledBack, cipher: FieldCipher) -> None:
    async with at(filled.primary) as tx:
        newest = (await roster_page(tx, filled.primary, since=0, limit=ALL, cipher=cipher)).version
        page = await roster_page(tx, filled.primary, since=newest, limit=ALL, cipher=cipher)
    assert (page.version, page.more, page.children) == (newest, False, [])


async def test_a_choice_is_one_version_with_its_places_alone(
    filled: Schools, at: RolledBack, cipher: FieldCipher, families: Any
) -> None:
    async with at(filled.primary) as tx:
        before = (await roster_page(tx, filled.primary, since=0, limit=ALL, cipher=cipher)).version
        family = (await families(tx, filled.primary, 1))[0]
        wish = [CareAsked(family.child_id)]
        await ask_for_care(tx, filled.primary, wish, guardian_id=family.guardian_id, now=NOON)
        page = await roster_page(tx, filled.primary, since=before, limit=ALL, cipher=cipher)
    assert page.version == before + 1
    assert [place.child_id for place in page.places] == [family.child_id] * 2
    assert not page.children
    assert not page.guardians


async def test_pages_put_together_are_the_whole(
    filled: Schools, at: RolledBack, cipher: FieldCipher, families: Any
) -> None:
    async with at(filled.primary) as tx:
        for number, family in enumerate((await families(tx, filled.primary, 1))[:5]):
            await tx.execute(text("UPDATE school_version SET stamped_by = :by"), {"by": f"another {number}"})
            wish = [CareAsked(family.child_id)]
            await ask_for_care(tx, filled.primary, wish, guardian_id=family.guardian_id, now=NOON)
        whole = await roster_page(tx, filled.primary, since=0, limit=ALL, cipher=cipher)
        pages: list[RosterPage] = []
        since, more = 0, True
        while more:
            pages.append(await roster_page(tx, filled.primary, since=since, limit=1, cipher=cipher))
            since, more = pages[-1].version, pages[-1].more
    assert since == whole.version
    assert len(pages) == whole.version
    assert {place.place_id for page in pages for place in page.places} == {p.place_id for p in whole.places}


async def test_one_transaction_takes_one_version(filled: Schools, at: RolledBack) -> None:
    async with at(filled.primary) as tx:
        first = await take_version(tx, filled.primary, now=NOON)
        assert await take_version(tx, filled.primary, now=NOON) == first


async def test_changes_of_a_moment_are_told_once_with_the_newest_version(own_copy: Schools) -> None:
    school, database = own_copy.primary, own_copy.database
    told = text("SELECT reader, letters #>> '{0,body,version}' AS version FROM outgoing ORDER BY reader")
    runner = TimerRunner(database, ManualClock(NOON), tell_roster.TIMERS)
    await runner.run_due()
    async with database.transaction() as tx:
        await tx.execute(text("DELETE FROM outgoing"))
    for _ in range(3):
        async with database.transaction([school]) as tx:
            newest = await take_version(tx, school, now=NOON)
    await runner.run_due()
    async with database.transaction() as tx:
        assert [tuple(row) for row in await tx.execute(told)] == [
            ("attendance", str(newest)),
            ("notifications", str(newest)),
        ]
    assert await runner.run_due() == 0


async def test_a_change_that_is_not_committed_yet_is_not_told(own_copy: Schools) -> None:
    school, database = own_copy.primary, own_copy.database
    runner = TimerRunner(database, ManualClock(NOON), tell_roster.TIMERS)
    await runner.run_due()
    async with database.transaction([school]) as tx:
        await take_version(tx, school, now=NOON)
        assert await runner.run_due() == 0
    assert await runner.run_due() == 1


async def test_versions_have_no_gaps_also_where_something_was_rolled_back(own_copy: Schools) -> None:
    school, database = own_copy.primary, own_copy.database

    async def take(*, fail: bool = False) -> int:
        async with database.transaction([school]) as tx:
            version = await take_version(tx, school, now=NOON)
            if fail:
                raise RuntimeError
            return version

    first = await take()
    with pytest.raises(RuntimeError):
        await take(fail=True)
    assert await take() == first + 1


async def test_a_draft_is_nobody_elses_business(filled: Schools, at: RolledBack, cipher: FieldCipher) -> None:
    async with at(filled.primary) as tx:
        await tx.execute(text("UPDATE offering SET state = 'draft' WHERE code = 'K055'"))
        await tx.execute(text("UPDATE offering SET state = 'withdrawn' WHERE code = 'K056'"))
        page = await roster_page(tx, filled.primary, since=0, limit=ALL, cipher=cipher)
    by_code = {one.code: one for one in page.offerings}
    assert "K055" not in by_code
    assert by_code["K056"].removed


async def test_a_school_outside_the_scope_has_no_roster(
    filled: Schools, at: RolledBack, cipher: FieldCipher
) -> None:
    async with at(filled.junior) as tx:
        page = await roster_page(tx, filled.primary, since=0, limit=ALL, cipher=cipher)
        assert not page.children
        assert not page.staff
        with pytest.raises(NoRoster):
            await roster_page(tx, filled.officers["S001"], since=0, limit=ALL, cipher=cipher)


async def test_a_whole_school_is_read_in_a_second_or_so(
    filled: Schools, at: RolledBack, cipher: FieldCipher
) -> None:
    async with at(filled.primary) as tx:
        started = time.perf_counter()
        page = await roster_page(tx, filled.primary, since=0, limit=ALL, cipher=cipher)
        page.model_dump_json()
        assert time.perf_counter() - started < 5


@given(st.lists(st.integers(1, 50), max_size=20), st.integers(1, 100))
def test_a_page_holds_whole_versions_and_always_gets_on(rows: list[int], limit: int) -> None:
    counts = list(enumerate(rows, start=1))
    since, more, read = 0, True, 0
    while more:
        left = [pair for pair in counts if pair[0] > since]
        upto, more = cut(left, since=since, limit=limit)
        taken = [rows for version, rows in left if version <= upto]
        assert len(taken) <= 1 or sum(taken) <= limit
        assert upto > since or not left
        read += sum(taken)
        since = upto
    assert read == sum(rows)


async def test_a_row_that_changes_without_a_version_is_refused_where_the_guard_stands(
    databases: Databases, filled_template: tuple[str, Schools]
) -> None:
    """The journeys run under this guard: shown here that it bites, and that it lets a numbered change pass."""
    name, schools = filled_template
    async with databases.clone(name) as urls:
        await guard_versions(urls.owner)
        database = Database(urls.app)
        rename = text("UPDATE room SET name = name || '改'")
        number = text("UPDATE room SET version = :version")
        with pytest.raises(DBAPIError, match="without a version"):
            async with database.transaction([schools.primary]) as tx:
                await tx.execute(rename)
        with pytest.raises(DBAPIError, match="was deleted"):
            async with database.transaction([schools.primary]) as tx:
                await tx.execute(text("DELETE FROM collector"))
        async with database.transaction([schools.primary]) as tx:
            await tx.execute(rename)
            await tx.execute(number, {"version": await take_version(tx, schools.primary, now=NOON)})
        await database.close()

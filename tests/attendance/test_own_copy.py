"""A copy made anew does not disturb an afternoon: phones scan on, and the ledger is not touched."""

import asyncio
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.roster.own_copy import AttendanceCopy
from services.clients.roster_copy import compare_copy, rebuild_copy
from services.contracts.internal.enrollment import RosterPage
from services.kernel.clock import ManualClock
from services.kernel.database.transaction import Database
from tests.attendance.enrollments_side import Enrollment, told_in_three_pages
from tests.attendance.phone import Phone, laws_hold, rows
from tests.attendance.small_school import SmallSchool

LEDGER = "SELECT string_agg(entry_id::text || kind || occurred_at::text, ',' ORDER BY entry_id) FROM entry"


class SlowCopy(AttendanceCopy):
    """Stops between writing and committing until it is told to go on."""

    def __init__(self) -> None:
        self.written, self.go_on = asyncio.Event(), asyncio.Event()

    async def settle(
        self, tx: AsyncSession, school_id: UUID, page: RosterPage | None, *, now: datetime
    ) -> None:
        self.written.set()
        await self.go_on.wait()
        await super().settle(tx, school_id, page, now=now)


@pytest.fixture
async def enrollment(attendance_db: Database, clock: ManualClock) -> Enrollment:
    told = told_in_three_pages(SmallSchool())
    await rebuild_copy(attendance_db, clock, told, AttendanceCopy(), told.school.school_id)
    return told


async def damage(database: Database, school: SmallSchool) -> None:
    async with database.transaction([school.school_id]) as tx:
        await tx.execute(text("UPDATE child SET name = '别人', removed = true WHERE name = '学生3'"))
        await tx.execute(text("UPDATE collector SET weekdays = '{7}' WHERE NOT is_guardian"))
        await tx.execute(text("DELETE FROM place WHERE offering_id = :id"), {"id": school.football})


async def test_phones_scan_while_a_copy_is_made_anew(
    attendance_db: Database, clock: ManualClock, enrollment: Enrollment
) -> None:
    school = enrollment.school
    qin = Phone(attendance_db, school, school.qin, clock)
    assert await qin.scan(0, 1) == ["received", "received"]
    await damage(attendance_db, school)
    before = await rows(attendance_db, school, LEDGER)
    copy = SlowCopy()
    rebuilding = asyncio.create_task(rebuild_copy(attendance_db, clock, enrollment, copy, school.school_id))
    await copy.written.wait()
    async with asyncio.timeout(5):
        assert await qin.scan(2) == ["received"]
    copy.go_on.set()
    mended = {one.name: one.different + one.lacking for one in (await rebuilding).lists if not one.agrees}
    assert mended == {"children": 1, "collectors": 1, "places": 4}
    assert (await compare_copy(attendance_db, enrollment, AttendanceCopy(), school.school_id)).agrees
    (after,) = (await rows(attendance_db, school, LEDGER))[0]
    assert after.startswith(before[0][0])
    await laws_hold(attendance_db, school)


async def test_a_pull_that_overtakes_a_rebuild_is_not_undone(
    attendance_db: Database, clock: ManualClock, enrollment: Enrollment
) -> None:
    school = enrollment.school
    moved = [school.page().children[0].model_copy(update={"class_name": "9班"})]

    class Overtaken(AttendanceCopy):
        async def hold(self, tx: AsyncSession, school_id: UUID) -> int | None:
            if len(enrollment.pages) == 3:
                enrollment.tell(children=moved)
                async with attendance_db.transaction([school_id]) as faster:
                    assert await self.take(faster, enrollment.pages[-1])
            return await super().hold(tx, school_id)

    await rebuild_copy(attendance_db, clock, enrollment, Overtaken(), school.school_id)
    told = await rows(
        attendance_db,
        school,
        "SELECT class_name, (SELECT roster_version FROM school) FROM child WHERE name = '学生0'",
    )
    assert told == [("9班", 40)]


async def test_what_enrollment_no_longer_tells_is_removed_and_keeps_its_name_for_the_ledger(
    attendance_db: Database, clock: ManualClock, enrollment: Enrollment
) -> None:
    school = enrollment.school
    first = enrollment.pages[1]
    enrollment.pages[1] = first.model_copy(update={"children": first.children[1:]})
    found = await rebuild_copy(attendance_db, clock, enrollment, AttendanceCopy(), school.school_id)
    assert [(one.name, one.beyond) for one in found.lists if not one.agrees] == [("children", 1)]
    gone = await rows(attendance_db, school, "SELECT name FROM child WHERE removed")
    assert gone == [("学生0",)]
    assert (await compare_copy(attendance_db, enrollment, AttendanceCopy(), school.school_id)).agrees

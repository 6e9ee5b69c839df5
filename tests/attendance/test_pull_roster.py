"""Attendance follows the roster by version, and works on its own copy while enrollment is down."""

import asyncio
from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any

import pytest

from services.attendance.roster import own_copy as module
from services.attendance.roster.letters import on_roster_changed
from services.attendance.roster.pull_roster import pull_roster
from services.clients.roster_copy import FollowRoster
from services.contracts.facts.enrollment import RosterChanged
from services.kernel.clock import ManualClock
from services.kernel.database.transaction import Database
from services.kernel.jobs import RetryLater
from tests.attendance.enrollments_side import Enrollment, told_in_three_pages
from tests.attendance.phone import rows
from tests.attendance.small_school import MONDAY, SmallSchool


@pytest.fixture
def empty_school() -> SmallSchool:
    return SmallSchool()


@pytest.fixture
def enrollment(empty_school: SmallSchool) -> Enrollment:
    return told_in_three_pages(empty_school)


@pytest.fixture
def pull(attendance_db: Database, clock: ManualClock, enrollment: Enrollment) -> FollowRoster:
    return pull_roster(attendance_db, clock, enrollment, gather=timedelta())


async def test_all_pages_are_pulled_and_the_day_is_laid_out(
    attendance_db: Database, pull: FollowRoster, enrollment: Enrollment
) -> None:
    school = enrollment.school
    await pull(school.school_id.bytes, 0)
    assert enrollment.asked == [0, 10, 20]
    told = await rows(
        attendance_db,
        school,
        "SELECT (SELECT roster_version FROM school), (SELECT releases_at FROM school),"
        " (SELECT count(*) FROM child), (SELECT count(*) FROM stay), (SELECT count(*) FROM session),"
        " (SELECT count(*) FROM calendar_day), (SELECT count(*) FROM timer WHERE kind = 'lay_out_day')",
    )
    assert told == [(30, time(16, 30), 12, 11, 4, 6, 1)]
    collectors = await rows(
        attendance_db,
        school,
        "SELECT name, relation, is_guardian, told, birth_year, weekdays FROM collector"
        " WHERE child_id = :child ORDER BY is_guardian DESC",
        child=school.children[0],
    )
    assert collectors == [
        ("家长0", "母亲", True, True, None, [1, 2, 3, 4, 5, 6, 7]),
        ("奶奶", "祖母", False, False, 1955, [1, 3]),
    ]


async def test_a_change_is_taken_and_a_removed_row_stays_as_removed(
    attendance_db: Database, pull: FollowRoster, enrollment: Enrollment
) -> None:
    school, page = enrollment.school, enrollment.school.page()
    await pull(school.school_id.bytes, 0)
    enrollment.tell(
        children=[page.children[0].model_copy(update={"class_name": "2班", "removed": True})],
        guardians=[page.guardians[1].model_copy(update={"name": "改了名"})],
        collectors=[page.collectors[0].model_copy(update={"removed": True})],
    )
    await pull(school.school_id.bytes, 0)
    told = await rows(
        attendance_db,
        school,
        "SELECT (SELECT array_agg(class_name) FROM child WHERE removed),"
        " (SELECT array_agg(name) FROM collector WHERE removed),"
        " (SELECT name FROM collector WHERE child_id = :child), (SELECT count(*) FROM stay)",
        child=school.children[1],
    )
    assert told == [(["2班"], ["奶奶"], "改了名", 10)]


async def test_what_no_day_is_made_of_does_not_lay_it_out_again(
    attendance_db: Database, pull: FollowRoster, enrollment: Enrollment, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = enrollment.school
    await pull(school.school_id.bytes, 0)

    async def fail(*_: Any, **__: Any) -> None:
        raise AssertionError("laid out again")

    monkeypatch.setattr(module, "lay_out_day", fail)
    enrollment.tell(guardians=[school.page().guardians[0].model_copy(update={"name": "新名"})])
    await pull(school.school_id.bytes, 0)
    assert await rows(attendance_db, school, "SELECT roster_version FROM service_day") == [(40,)]


async def test_while_enrollment_is_down_the_own_copy_serves_and_the_pull_waits(
    attendance_db: Database, pull: FollowRoster, enrollment: Enrollment
) -> None:
    school = enrollment.school
    await pull(school.school_id.bytes, 0)
    enrollment.silent = True
    with pytest.raises(RetryLater):
        await pull(school.school_id.bytes, 0)
    assert await rows(attendance_db, school, "SELECT count(*) FROM stay") == [(11,)]


async def test_two_pulls_at_once_end_where_one_would(
    attendance_db: Database, pull: FollowRoster, enrollment: Enrollment
) -> None:
    payload = enrollment.school.school_id.bytes
    await asyncio.gather(pull(payload, 0), pull(payload, 0))
    told = await rows(
        attendance_db, enrollment.school, "SELECT roster_version, (SELECT count(*) FROM stay) FROM school"
    )
    assert told == [(30, 11)]


async def test_however_many_letters_one_pull_waits(attendance_db: Database, clock: ManualClock) -> None:
    schools = [SmallSchool().school_id, SmallSchool().school_id]

    async def hear(facts: Sequence[RosterChanged]) -> None:
        async with attendance_db.transaction(schools) as tx:
            await on_roster_changed(tx, facts, now=clock.now())

    facts = [
        RosterChanged(school_id=school, version=version, at=clock.now())
        for version in (1, 2, 3)
        for school in schools
    ]
    await hear(facts)
    await hear(facts)
    waiting = "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'pull_roster'"
    assert await rows(attendance_db, SmallSchool(), waiting) == [(2,)]
    begun = "UPDATE pgqueuer SET status = 'picked', updated = now() RETURNING 1"
    await rows(attendance_db, SmallSchool(), begun)
    await hear(facts[:1])
    assert await rows(attendance_db, SmallSchool(), waiting) == [(3,)]


async def test_the_day_of_another_date_is_not_touched(
    attendance_db: Database, pull: FollowRoster, enrollment: Enrollment, clock: ManualClock
) -> None:
    school = enrollment.school
    await pull(school.school_id.bytes, 0)
    clock.set(clock.now().replace(day=24))
    enrollment.tell(places=[school.place(school.football, school.children[11])])
    await pull(school.school_id.bytes, 0)
    days = await rows(
        attendance_db, school, "SELECT service_on, count(*) FROM stay GROUP BY service_on ORDER BY 1"
    )
    assert days == [(MONDAY, 11), (date(2026, 11, 24), 12)]

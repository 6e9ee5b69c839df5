"""The day is laid out from places and calendar, as often as need be."""

from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.attendance.dismissal.lay_out_day import LaidOut, lay_out_day
from services.attendance.dismissal.wake_daily import on_new_day, wake_all, wake_daily
from services.attendance.roster.apply_roster_page import apply_roster_page
from services.contracts.internal.enrollment import PlaceEntry, RosterPage
from services.kernel.clock import ManualClock, at_school_time
from services.kernel.database.transaction import Database
from services.kernel.timers import TimerRunner
from tests.attendance.small_school import MONDAY, SmallSchool

SATURDAY = date(2026, 11, 28)


async def ask(database: Database, school: SmallSchool, statement: str, **facts: Any) -> list[Any]:
    async with database.transaction([school.school_id]) as tx:
        return list((await tx.execute(text(statement), facts)).all())


async def again(
    database: Database, school: SmallSchool, clock: ManualClock, page: RosterPage | None = None
) -> LaidOut:
    async with database.transaction([school.school_id]) as tx:
        if page is not None:
            assert await apply_roster_page(tx, page)
        return await lay_out_day(tx, school.school_id, MONDAY, now=clock.now())


def change(school: SmallSchool, since: int, **changes: Any) -> RosterPage:
    kept = {"school", "since", "version", "more"}
    empty: dict[str, Any] = {name: [] for name in RosterPage.model_fields if name not in kept}
    return school.page().model_copy(update={"since": since, "version": since + 1, **empty, **changes})


def ended(place: PlaceEntry, day: date) -> PlaceEntry:
    return place.model_copy(update={"until_on": day})


async def test_each_child_with_a_place_is_expected_until_its_last_session_ends(
    attendance_db: Database, school: SmallSchool
) -> None:
    rows = await ask(attendance_db, school, "SELECT child_id, state, due_home_at FROM stay ORDER BY child_id")
    assert [row.child_id for row in rows] == school.children[:11]
    assert {row.state for row in rows} == {"expected"}
    early, late = at_school_time(MONDAY, time(17, 30)), at_school_time(MONDAY, time(18, 30))
    assert [row.due_home_at for row in rows] == [*[late] * 8, *[early] * 3]


async def test_sessions_carry_teacher_and_room(attendance_db: Database, school: SmallSchool) -> None:
    rows = await ask(
        attendance_db, school, "SELECT name, teacher_id, room_id FROM session ORDER BY starts_at, name"
    )
    assert [tuple(row) for row in rows] == [
        ("作业辅导", school.lu, school.rooms[1]),
        ("阅读", school.qin, school.rooms[0]),
        ("基本托管", school.qin, school.rooms[0]),
        ("足球", school.zhao, school.rooms[2]),
    ]


async def test_laying_out_again_changes_nothing(
    attendance_db: Database, school: SmallSchool, clock: ManualClock
) -> None:
    everything = "SELECT session_id, child_id FROM expectation ORDER BY 1, 2"
    before = await ask(attendance_db, school, everything)
    assert await again(attendance_db, school, clock) == LaidOut("open", 4, 11)
    assert await ask(attendance_db, school, everything) == before


async def test_a_place_taken_in_the_afternoon_is_expected_today(
    attendance_db: Database, school: SmallSchool, clock: ManualClock
) -> None:
    page = change(school, 10, places=[school.place(school.football, school.children[11])])
    assert await again(attendance_db, school, clock, page) == LaidOut("open", 4, 12)


async def test_a_place_given_up_before_the_session_is_not_expected_and_leaves_no_stay(
    attendance_db: Database, school: SmallSchool, clock: ManualClock
) -> None:
    first = await ask(
        attendance_db, school, "SELECT * FROM place WHERE child_id = :child", child=school.children[8]
    )
    place = ended(PlaceEntry.model_validate(first[0], from_attributes=True), MONDAY)
    assert await again(attendance_db, school, clock, change(school, 10, places=[place])) == LaidOut(
        "open", 4, 10
    )


async def test_what_has_begun_is_history(
    attendance_db: Database, school: SmallSchool, clock: ManualClock
) -> None:
    """Giving a place up at 16:40 takes nobody off the list of 16:30: a child that was expected is accounted for."""
    first = await ask(
        attendance_db, school, "SELECT * FROM place WHERE child_id = :child", child=school.children[8]
    )
    clock.set(at_school_time(MONDAY, time(16, 40)))
    place = ended(PlaceEntry.model_validate(first[0], from_attributes=True), MONDAY)
    assert await again(attendance_db, school, clock, change(school, 10, places=[place])) == LaidOut(
        "open", 4, 11
    )


async def test_a_withdrawn_offering_does_not_meet(
    attendance_db: Database, school: SmallSchool, clock: ManualClock
) -> None:
    gone = [
        offering.model_copy(update={"removed": True})
        for offering in school.offerings()
        if offering.offering_id == school.football
    ]
    assert (await again(attendance_db, school, clock, change(school, 10, offerings=gone))).sessions == 3


async def test_a_new_time_moves_the_session_and_its_timers(
    attendance_db: Database, school: SmallSchool, clock: ManualClock
) -> None:
    moved = [
        offering.model_copy(update={"ends": time(18, 0)})
        for offering in school.offerings()
        if offering.starts == time(17, 30)
    ]
    await again(attendance_db, school, clock, change(school, 10, offerings=moved))
    rows = await ask(attendance_db, school, "SELECT DISTINCT due_home_at FROM stay ORDER BY 1")
    assert [row[0] for row in rows] == [
        at_school_time(MONDAY, time(17, 30)),
        at_school_time(MONDAY, time(18, 0)),
    ]


async def test_a_closed_day_is_not_laid_out_again(
    attendance_db: Database, school: SmallSchool, clock: ManualClock
) -> None:
    await ask(attendance_db, school, "UPDATE service_day SET state = 'closed' RETURNING 1")
    assert (await again(attendance_db, school, clock)).state == "closed"


@pytest.mark.parametrize("day", [SATURDAY, date(2026, 11, 29)])
async def test_a_day_on_which_nothing_meets_is_not_opened(
    attendance_db: Database, school: SmallSchool, clock: ManualClock, day: date
) -> None:
    async with attendance_db.transaction([school.school_id]) as tx:
        assert (await lay_out_day(tx, school.school_id, day, now=clock.now())).state == "no_service"
    assert len(await ask(attendance_db, school, "SELECT 1 FROM service_day")) == 1


async def test_a_saturday_that_runs_as_monday_follows_mondays_timetable(
    attendance_db: Database, school: SmallSchool, clock: ManualClock
) -> None:
    term = school.page().terms[0]
    days = [day.model_copy(update={"runs_as": 1 if day.on == SATURDAY else day.runs_as}) for day in term.days]
    page = change(school, 10, terms=[term.model_copy(update={"days": days})])
    async with attendance_db.transaction([school.school_id]) as tx:
        await apply_roster_page(tx, page)
        assert (await lay_out_day(tx, school.school_id, SATURDAY, now=clock.now())).sessions == 4


async def test_timers_look_for_missing_ones_and_late_ones(
    attendance_db: Database, school: SmallSchool
) -> None:
    rows = await ask(attendance_db, school, "SELECT kind, due_at FROM timer ORDER BY kind, due_at")
    half_past = [at_school_time(MONDAY, time(hour, 30)) for hour in (16, 17, 18)]
    assert [row.due_at for row in rows if row.kind == "late"] == half_past[1:]
    wait = timedelta(minutes=10)
    assert [row.due_at for row in rows if row.kind == "missing"] == [
        half_past[0] + wait,
        half_past[0] + wait,
        half_past[1] + wait,
        half_past[1] + wait,
    ]


async def timers_of(database: Database, school_id: UUID) -> Any:
    async with database.transaction([school_id]) as tx:
        return await tx.scalar(text("SELECT due_at FROM timer WHERE kind = 'lay_out_day'"))


async def test_a_school_wakes_every_day_and_catches_up_with_today(
    attendance_db: Database, school: SmallSchool, clock: ManualClock
) -> None:
    async with attendance_db.transaction([school.school_id]) as tx:
        await wake_daily(tx, school.school_id, now=clock.now())
    assert await timers_of(attendance_db, school.school_id) == at_school_time(date(2026, 11, 24), time(0, 5))
    clock.set(at_school_time(date(2026, 11, 26), time(14, 0)))
    runner = TimerRunner(attendance_db, clock, {"lay_out_day": on_new_day})
    assert await runner.run_due() == 1
    days = await ask(attendance_db, school, "SELECT service_on FROM service_day ORDER BY 1")
    assert [row[0] for row in days] == [MONDAY, date(2026, 11, 26)]
    assert await timers_of(attendance_db, school.school_id) == at_school_time(date(2026, 11, 27), time(0, 5))


async def test_a_worker_that_starts_wakes_schools_without_an_alarm(
    attendance_db: Database, school: SmallSchool, clock: ManualClock
) -> None:
    async with attendance_db.transaction() as tx:
        await wake_all(tx, now=clock.now())
    runner = TimerRunner(attendance_db, clock, {"lay_out_day": on_new_day})
    assert await runner.run_due() == 1
    async with attendance_db.transaction() as tx:
        await wake_all(tx, now=clock.now())
    assert await runner.run_due() == 0


async def test_the_ledger_has_room_for_a_month_that_no_migration_knew(
    attendance_db: Database, school: SmallSchool
) -> None:
    statement = "SELECT ensure_entry_partition('2031-03-15'), ensure_entry_partition('2031-03-01')"
    await ask(attendance_db, school, statement)
    found = await ask(attendance_db, school, "SELECT 1 WHERE to_regclass('public.entry_2031_03') IS NOT NULL")
    assert len(found) == 1

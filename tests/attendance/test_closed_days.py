"""A day that is closed or opened while attendance works on it: what has begun goes on, the rest is cancelled."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.attendance.dismissal.lay_out_day import LaidOut, lay_out_day
from services.attendance.roster.pull_roster import pull_roster
from services.attendance.safety.watch import TIMERS
from services.contracts.internal.enrollment import RosterPage
from services.kernel.clock import ManualClock
from services.kernel.database.transaction import Database
from services.kernel.timers import TimerRunner
from tests.attendance.at_the_gate import Gate
from tests.attendance.phone import Phone, at, laws_hold, rows
from tests.attendance.small_school import MONDAY, SmallSchool

TUESDAY = MONDAY + timedelta(days=1)
KEPT = {"school", "since", "version", "more"}


class Snow:
    """Enrollment's side: a term whose days change, pulled by attendance's own job."""

    def __init__(self, database: Database, school: SmallSchool, clock: ManualClock) -> None:
        self.database, self.school, self.clock = database, school, clock
        self._version, self._page = 10, school.page()
        self._runs_as = {day.on: day.runs_as for day in self._page.terms[0].days}
        self.watch = TimerRunner(database, clock, TIMERS)
        self.pull = pull_roster(database, clock, self, gather=timedelta())

    async def roster_page(self, school_id: Any, *, since: int, limit: int) -> RosterPage:
        assert (school_id, limit > 0) == (self.school.school_id, True)
        empty: dict[str, Any] = {name: [] for name in RosterPage.model_fields if name not in KEPT}
        term = self._page.terms[0]
        days = [day.model_copy(update={"runs_as": self._runs_as[day.on]}) for day in term.days]
        told = {"since": since, "version": self._version, "more": False, **empty}
        return self._page.model_copy(update={**told, "terms": [term.model_copy(update={"days": days})]})

    async def say(self, on: date, runs_as: int | None) -> None:
        """The school sets a day, and attendance hears of it."""
        self._runs_as[on] = runs_as
        self._version += 1
        await self.pull(self.school.school_id.bytes, 0)

    async def until(self, hour: int, minute: int) -> None:
        self.clock.set(at(hour, minute))
        await self.watch.run_due()

    async def ask(self, statement: str, **facts: Any) -> list[tuple[Any, ...]]:
        return await rows(self.database, self.school, statement, **facts)

    async def sessions(self, on: date = MONDAY) -> list[str]:
        found = await self.ask(
            "SELECT name FROM session WHERE service_on = :on ORDER BY starts_at, name", on=on
        )
        return [row[0] for row in found]

    async def states(self) -> list[tuple[str, int]]:
        found = await self.ask("SELECT state, count(*) FROM stay GROUP BY state ORDER BY state")
        return [(row[0], row[1]) for row in found]


@pytest.fixture
def snow(attendance_db: Database, school: SmallSchool, clock: ManualClock) -> Snow:
    return Snow(attendance_db, school, clock)


async def test_closed_before_it_began_nobody_is_expected_and_nobody_is_missing(snow: Snow) -> None:
    await snow.say(MONDAY, None)
    assert await snow.sessions() == []
    assert await snow.states() == []
    await snow.until(18, 45)
    assert await snow.ask("SELECT count(*) FROM missing_case") == [(0,)]
    assert await snow.ask("SELECT count(*) FROM outgoing") == [(0,)]


async def test_closed_in_the_middle_what_has_begun_goes_on_and_the_rest_is_cancelled(
    snow: Snow, clock: ManualClock
) -> None:
    qin = Phone(snow.database, snow.school, snow.school.qin, clock)
    clock.set(at(16, 32))
    assert await qin.scan(*range(6)) == ["received"] * 6
    entries = "SELECT entry_id, child_id, kind, number FROM entry ORDER BY entry_id"
    written = await snow.ask(entries)
    clock.set(at(16, 35))
    await snow.say(MONDAY, None)
    assert await snow.sessions() == ["作业辅导", "阅读"]
    assert await snow.ask(entries) == written
    assert await snow.ask("SELECT count(*) FROM expectation") == [(11,)]
    due = await snow.ask("SELECT DISTINCT due_home_at FROM stay")
    assert due == [(at(17, 30),)]
    await laws_hold(snow.database, snow.school)


async def test_children_in_care_stay_in_care_until_they_are_released(
    attendance_db: Database, school: SmallSchool, gate: Gate, clock: ManualClock, snow: Snow
) -> None:
    """17:25: eleven children are in care; the day is closed; football and care at 17:30 are cancelled."""
    assert await snow.states() == [("in_care", 11)]
    await snow.say(MONDAY, None)
    assert await snow.states() == [("in_care", 11)]
    assert await snow.sessions() == ["作业辅导", "阅读"]
    late = "SELECT due_at FROM timer WHERE kind = 'late' AND due_at > :now ORDER BY due_at"
    assert (at(17, 30),) in await snow.ask(late, now=clock.now())
    held = await snow.ask("SELECT count(*) FROM stay WHERE adult_id IS NOT NULL")
    assert held == [(11,)]
    await laws_hold(attendance_db, school)


async def test_a_child_that_its_homeroom_teacher_has_is_in_care_though_nothing_meets(
    snow: Snow, clock: ManualClock
) -> None:
    homeroom = Phone(snow.database, snow.school, snow.school.homeroom_1, clock)
    clock.set(at(16, 20))
    await homeroom.offer(0, 1, taker_id=snow.school.qin)
    before = await snow.states()
    clock.set(at(16, 25))
    await snow.say(MONDAY, None)
    assert await snow.sessions() == []
    assert [state for state in await snow.states() if state[0] != "expected"] == [
        state for state in before if state[0] != "expected"
    ]
    assert ("expected", 9) in before
    assert "expected" not in dict(await snow.states())
    await laws_hold(snow.database, snow.school)


async def test_who_comes_all_the_same_on_a_closed_day_is_taken_in(snow: Snow, clock: ManualClock) -> None:
    qin = Phone(snow.database, snow.school, snow.school.qin, clock)
    clock.set(at(16, 31))
    await snow.say(MONDAY, None)
    assert (await qin.scan(3))[0] in {"received", "accepted"}
    assert dict(await snow.states())["in_care"] == 1


async def test_a_closed_day_that_opens_again_is_laid_out(snow: Snow) -> None:
    await snow.say(MONDAY, None)
    await snow.say(MONDAY, 1)
    assert await snow.sessions() == ["作业辅导", "阅读", "基本托管", "足球"]
    assert await snow.states() == [("expected", 11)]
    await snow.until(16, 45)
    assert await snow.ask("SELECT count(*) FROM missing_case") == [(11,)]


async def test_what_was_over_before_the_day_opened_again_expects_nobody(
    snow: Snow, clock: ManualClock
) -> None:
    await snow.say(MONDAY, None)
    clock.set(at(17, 31))
    await snow.say(MONDAY, 1)
    expected = await snow.ask(
        "SELECT s.name, count(*) FROM expectation JOIN session s USING (school_id, service_on, session_id)"
        " GROUP BY s.name ORDER BY s.name"
    )
    assert expected == [("基本托管", 4), ("足球", 4)]


async def test_another_day_is_not_touched(snow: Snow) -> None:
    timers = "SELECT kind, subject, due_at FROM timer WHERE kind <> 'lay_out_day' ORDER BY 1, 2"
    before = await snow.ask(timers)
    stays = await snow.ask("SELECT child_id, due_home_at FROM stay ORDER BY 1")
    await snow.say(TUESDAY, None)
    assert await snow.ask(timers) == before
    assert await snow.ask("SELECT child_id, due_home_at FROM stay ORDER BY 1") == stays
    assert await snow.ask("SELECT count(*) FROM service_day WHERE service_on = :on", on=TUESDAY) == [(0,)]


async def test_a_day_closed_the_evening_before_is_not_laid_out_and_opens_when_told(
    snow: Snow, clock: ManualClock
) -> None:
    await snow.say(TUESDAY, None)
    clock.set(at(0, 6, TUESDAY))
    async with snow.database.transaction([snow.school.school_id]) as tx:
        laid = await lay_out_day(tx, snow.school.school_id, TUESDAY, now=clock.now())
    assert laid == LaidOut("no_service")
    clock.set(at(9, 0, TUESDAY))
    await snow.say(TUESDAY, 2)
    assert await snow.sessions(TUESDAY) == ["作业辅导", "阅读", "基本托管", "足球"]

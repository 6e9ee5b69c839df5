"""Expected and not there: raised by a timer, told to the family, cleared by a person only."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.attendance.custody.errors import HomeAlready
from services.attendance.safety.clear_missing import Told, clear_missing, confirm_missing, settle_child
from services.attendance.safety.errors import (
    CaseCleared,
    NotExpectedThatDay,
    UnknownCase,
    WasReceived,
    WithAnAdult,
)
from services.attendance.safety.missing_children import missing_children
from services.attendance.safety.watch import TIMERS
from services.kernel.clock import ManualClock
from services.kernel.database.transaction import Database
from services.kernel.ids import new_id
from services.kernel.timers import TimerRunner
from tests.attendance.phone import Phone, at, laws_hold, rows
from tests.attendance.small_school import MONDAY, SmallSchool


class Watch:
    """The worker's timers, and phones."""

    def __init__(self, database: Database, school: SmallSchool, clock: ManualClock) -> None:
        clock.set(at(16, 30))
        self.database, self.school, self.clock = database, school, clock
        self.runner = TimerRunner(database, clock, TIMERS)
        self.homeroom = Phone(database, school, school.homeroom_1, clock)
        self.qin = Phone(database, school, school.qin, clock)
        self.lu = Phone(database, school, school.lu, clock)

    async def until(self, hour: int, minute: int) -> None:
        self.clock.set(at(hour, minute))
        await self.runner.run_due()

    async def cases(self, **facts: Any) -> list[dict[str, Any]]:
        async with self.database.transaction([self.school.school_id]) as tx:
            return await missing_children(
                tx, self.school.school_id, MONDAY, only_open=facts.get("only_open", True)
            )

    async def names(self) -> list[str]:
        return [case["child"] for case in await self.cases()]

    async def clear(self, case_id: UUID, reason: Any, note: str = "") -> str:
        async with self.database.transaction([self.school.school_id]) as tx:
            told = Told(MONDAY, reason, note)
            return (await clear_missing(tx, self.lu.staff, case_id, told, now=self.clock.now())).state

    async def settle(self, phone: Phone, index: int, reason: Any) -> str:
        async with self.database.transaction([self.school.school_id]) as tx:
            told, child = Told(MONDAY, reason, ""), self.school.children[index]
            return (await settle_child(tx, phone.staff, child, told, now=self.clock.now())).state

    async def confirm(self, case_id: UUID) -> None:
        async with self.database.transaction([self.school.school_id]) as tx:
            await confirm_missing(tx, self.lu.staff, MONDAY, case_id, now=self.clock.now())

    async def told(self) -> list[str]:
        found = await rows(
            self.database,
            self.school,
            "SELECT letter->>'kind' FROM outgoing, jsonb_array_elements(letters) AS letter ORDER BY batch_id",
        )
        return [row[0].split(".")[1] for row in found if "missing" in row[0]]


@pytest.fixture
def watch(attendance_db: Database, school: SmallSchool, clock: ManualClock) -> Watch:
    return Watch(attendance_db, school, clock)


async def test_ten_minutes_after_the_start_each_child_that_nobody_saw_is_missing(watch: Watch) -> None:
    await watch.qin.scan(0, 1, 2, 3, 4)
    await watch.lu.scan(6, 7, 8, 9)
    await watch.until(16, 39)
    assert await watch.names() == []
    await watch.until(16, 40)
    assert await watch.names() == ["学生5", "学生10"]
    assert await watch.told() == []
    await laws_hold(watch.database, watch.school)


async def test_a_child_that_set_out_and_did_not_arrive_is_missing_and_its_giver_is_named(
    watch: Watch,
) -> None:
    await watch.homeroom.offer(0, 1, 2, 3, 4, 5)
    await watch.qin.scan(0, 1, 2, 3, 4)
    await watch.lu.scan(6, 7, 8, 9, 10)
    await watch.until(16, 41)
    (case,) = await watch.cases()
    assert (case["child"], case["last_adult"]) == ("学生5", "班一")
    assert await watch.qin.scan(5) == ["received"]
    assert await watch.cases() == []
    await laws_hold(watch.database, watch.school)


async def test_the_family_is_told_at_twenty_minutes_unless_a_person_was_faster(watch: Watch) -> None:
    await watch.lu.scan(6, 7, 8, 9, 10)
    await watch.qin.scan(0, 1, 2, 3)
    await watch.until(16, 40)
    first, second = await watch.cases()
    assert await watch.clear(first["case_id"], "with_other_teacher") == "expected"
    await watch.until(16, 50)
    assert await watch.told() == ["child-missing"]
    assert await watch.clear(second["case_id"], "sick", "妈妈来电") == "absent"
    assert await watch.told() == ["child-missing", "missing-cleared"]
    assert [case["reason"] for case in await watch.cases(only_open=False)] == ["with_other_teacher", "sick"]
    await laws_hold(watch.database, watch.school)


async def test_a_teacher_who_confirms_lets_the_family_hear_at_once_and_once(watch: Watch) -> None:
    await watch.qin.scan(0, 1, 2, 3, 4)
    await watch.lu.scan(6, 7, 8, 9, 10)
    await watch.until(16, 40)
    (case,) = await watch.cases()
    await watch.confirm(case["case_id"])
    await watch.confirm(case["case_id"])
    await watch.until(16, 50)
    assert await watch.told() == ["child-missing"]
    await watch.qin.scan(5)
    assert await watch.told() == ["child-missing", "missing-cleared"]
    with pytest.raises(CaseCleared, match="秦"):
        await watch.confirm(case["case_id"])


async def test_no_timer_ever_clears_a_case_or_settles_a_child(watch: Watch) -> None:
    await watch.until(16, 40)
    assert len(await watch.cases()) == 11
    for hour in range(17, 24):
        await watch.until(hour, 0)
    assert len(await watch.cases()) == 11
    assert await rows(watch.database, watch.school, "SELECT DISTINCT state FROM stay") == [("expected",)]
    await laws_hold(watch.database, watch.school)


async def test_a_child_found_elsewhere_and_not_seen_at_the_next_session_is_missing_again(
    watch: Watch,
) -> None:
    await watch.lu.scan(6, 7, 8, 9, 10)
    await watch.qin.scan(1, 2, 3, 4, 5)
    await watch.until(16, 40)
    (case,) = await watch.cases()
    await watch.clear(case["case_id"], "other", "在图书馆")
    await watch.until(17, 40)
    assert await watch.names() == ["学生0"]
    await laws_hold(watch.database, watch.school)


async def test_clearing_twice_changes_nothing_and_the_first_reason_stays(watch: Watch) -> None:
    await watch.until(16, 40)
    case = (await watch.cases())[0]
    assert await watch.clear(case["case_id"], "went_home") == "absent"
    assert await watch.clear(case["case_id"], "with_other_teacher") == "absent"
    with pytest.raises(UnknownCase):
        await watch.clear(new_id(), "sick")


async def test_an_expected_child_is_settled_before_anybody_misses_it(watch: Watch) -> None:
    assert await watch.settle(watch.homeroom, 0, "leave") == "excused"
    assert await watch.settle(watch.homeroom, 1, "went_home") == "absent"
    assert await watch.settle(watch.homeroom, 1, "sick") == "absent"
    await watch.until(16, 40)
    assert "学生0" not in await watch.names()
    assert "学生1" not in await watch.names()
    with pytest.raises(NotExpectedThatDay):
        await watch.settle(watch.homeroom, 11, "sick")
    await laws_hold(watch.database, watch.school)


async def test_a_child_in_after_school_care_leaves_by_a_release_only(watch: Watch) -> None:
    await watch.qin.scan(0)
    with pytest.raises(WasReceived):
        await watch.settle(watch.qin, 0, "went_home")


async def test_a_child_that_a_homeroom_teacher_still_has_is_not_given_up_by_another(watch: Watch) -> None:
    await watch.homeroom.offer(0)
    with pytest.raises(WithAnAdult, match="班一"):
        await watch.settle(watch.lu, 0, "went_home")
    assert await watch.settle(watch.homeroom, 0, "went_home") == "absent"
    counts = await rows(watch.database, watch.school, "SELECT offered, taken_back, settled_at FROM hand_over")
    assert counts == [(1, 1, at(16, 30))]
    await laws_hold(watch.database, watch.school)


async def test_a_missing_child_that_its_giver_kept_is_found(watch: Watch) -> None:
    offered = await watch.homeroom.offer(0)
    await watch.until(16, 45)
    assert "学生0" in await watch.names()
    await watch.homeroom.take_back(offered.hand_over_id, 0)
    assert "学生0" not in await watch.names()
    await laws_hold(watch.database, watch.school)


async def test_absent_and_standing_there_after_all(watch: Watch) -> None:
    await watch.settle(watch.homeroom, 0, "sick")
    watch.clock.advance(timedelta(minutes=5))
    (result,) = await watch.qin.send(watch.qin.scans(0))
    assert (result.outcome, result.flags) == ("received", ("here_after_all",))
    await laws_hold(watch.database, watch.school)


async def test_a_child_that_its_homeroom_teacher_released_is_not_settled_again(watch: Watch) -> None:
    offered = await watch.homeroom.offer(0)
    await watch.homeroom.take_back(offered.hand_over_id, 0)
    await rows(
        watch.database,
        watch.school,
        "UPDATE stay SET state = 'released', adult_id = NULL WHERE child_id = :child RETURNING 1",
        child=watch.school.children[0],
    )
    with pytest.raises(HomeAlready):
        await watch.settle(watch.homeroom, 0, "leave")

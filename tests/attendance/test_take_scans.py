"""Batches of scans on a real database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from services.attendance.custody.errors import DayNotLaidOut, UnknownChild, UnknownSession
from services.attendance.scanning.rules.card_text import card_text, child_on_card
from services.attendance.scanning.scan_batch import Scan, Scanner
from services.attendance.scanning.take_scans import take_scans
from services.kernel.clock import ManualClock, at_school_time
from services.kernel.database.transaction import Database
from services.kernel.ids import new_id
from tests.attendance.phone import Phone, outcome, rows
from tests.attendance.small_school import MONDAY, SmallSchool


@pytest.fixture
def at_half_past_four(clock: ManualClock) -> ManualClock:
    clock.set(at_school_time(MONDAY, time(16, 30)))
    return clock


@pytest.fixture
def qin(attendance_db: Database, school: SmallSchool, at_half_past_four: ManualClock) -> Phone:
    return Phone(attendance_db, school, school.qin, at_half_past_four)


@pytest.fixture
def zhao(attendance_db: Database, school: SmallSchool, at_half_past_four: ManualClock) -> Phone:
    return Phone(attendance_db, school, school.zhao, at_half_past_four)


@asynccontextmanager
async def counted(database: Database) -> AsyncIterator[list[str]]:
    """Collect what goes past SQLAlchemy and past the borrowed driver's connections."""
    seen: list[str] = []
    async with database.transaction() as tx:
        borrowed = await (await tx.connection()).get_raw_connection()
        driver: Any = borrowed.driver_connection

    def by_sqlalchemy(*_: Any) -> None:
        seen.append("by sqlalchemy")

    logger = driver.query_logger(lambda query: seen.append(query.query))
    event.listen(database.engine.sync_engine, "before_cursor_execute", by_sqlalchemy)
    with logger:
        yield seen
    event.remove(database.engine.sync_engine, "before_cursor_execute", by_sqlalchemy)


async def test_a_batch_is_received_and_announced(qin: Phone) -> None:
    assert await qin.scan(0, 1, 2) == ["received"] * 3
    told = await rows(
        qin.database, qin.school, "SELECT state, adult_id, session_id IS NOT NULL, received FROM stay"
    )
    assert told.count(("in_care", qin.actor, True, True)) == 3
    letters = await rows(qin.database, qin.school, "SELECT count, letters->0->>'kind' FROM outgoing")
    assert letters == [(3, "attendance.child-received.v1")]


async def test_one_id_for_two_children_receives_only_the_first(qin: Phone) -> None:
    first, second = qin.scans(0, 1)
    twin = Scan(first.scan_id, second.child_id, "card", second.occurred_at)
    unread = Scan(first.scan_id, None, "card", first.occurred_at, UnknownChild)
    results = await qin.send([first, twin, unread, first])
    assert [outcome(result) for result in results] == [
        "received",
        "scan-id-reused",
        "scan-id-reused",
        "received",
    ]
    assert await rows(qin.database, qin.school, "SELECT count(*) FROM stay WHERE state = 'in_care'") == [(1,)]


async def test_the_same_batch_again_gets_the_same_answer_and_adds_nothing(qin: Phone) -> None:
    batch = [*qin.scans(0, 1), Scan(new_id(), new_id(), "card", qin.clock.now())]
    first = await qin.send(batch)
    assert [outcome(result) for result in first] == ["received", "received", "unknown-child"]
    assert await qin.send(batch) == first
    counts = "SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM refused_scan), (SELECT count(*) FROM outgoing)"
    assert await rows(qin.database, qin.school, counts) == [(2, 1, 1)]


async def test_a_child_twice_in_one_batch_is_received_once(qin: Phone) -> None:
    assert await qin.scan(0, 0) == ["received", "already_yours"]


async def test_one_bad_scan_does_not_hold_up_the_others(qin: Phone) -> None:
    now = qin.clock.now()
    batch = [
        *qin.scans(0),
        *qin.scans(1, at=now + timedelta(minutes=6)),
        *qin.scans(2, at=now - timedelta(days=1)),
        Scan(new_id(), new_id(), "card", now),
        *qin.scans(3),
    ]
    told = [outcome(result) for result in await qin.send(batch)]
    assert told == ["received", "clock-astray", "clock-astray", "unknown-child", "received"]


async def test_a_refusal_says_who_has_the_child_and_where(qin: Phone, zhao: Phone) -> None:
    await qin.scan(0)
    (result,) = await zhao.send(zhao.scans(0))
    assert result.problem is not None
    assert result.problem["detail"] == (
        "学生0从16:30起由秦老师负责（101），还没有交接给您。"
        "请对方在手机上发起交接，或请值班领导处理；孩子若在您身边，请先看护好。"
    )


async def test_a_child_that_nobody_expected_is_taken_in_flagged_and_looked_after(qin: Phone) -> None:
    (result,) = await qin.send(qin.scans(11))
    assert (result.outcome, result.flags) == ("received", ("not_offered", "walk_in"))
    assert result.stay is not None
    assert result.stay.due_home_at == at_school_time(MONDAY, time(17, 30))


async def test_children_walk_by_themselves_and_late_phones_change_nothing(qin: Phone, zhao: Phone) -> None:
    await qin.scan(0)
    offline = qin.scans(0, at=at_school_time(MONDAY, time(16, 45)))
    qin.clock.set(at_school_time(MONDAY, time(17, 31)))
    assert await zhao.scan(0) == ["moved"]
    assert [outcome(result) for result in await qin.send(offline)] == ["recorded_late"]
    kinds = await rows(
        qin.database, qin.school, "SELECT number, kind, adult_after FROM entry ORDER BY number"
    )
    assert kinds == [(1, "received", qin.actor), (2, "moved", zhao.actor), (3, "sighted", zhao.actor)]


async def test_a_phone_whose_clock_is_wrong_is_corrected_by_what_it_showed_when_it_sent(qin: Phone) -> None:
    wrong = qin.clock.now() + timedelta(minutes=20)
    (result,) = await qin.send(qin.scans(0, at=wrong - timedelta(minutes=1)), device_clock=wrong)
    assert result.stay is not None
    assert result.stay.last_at == qin.clock.now() - timedelta(minutes=1)
    two_days = qin.clock.now() + timedelta(days=2)
    (refused,) = await qin.send(qin.scans(1, at=two_days), device_clock=two_days)
    assert outcome(refused) == "clock-astray"


async def test_a_teacher_who_stands_in_names_the_session(qin: Phone, zhao: Phone) -> None:
    (reading,) = await rows(qin.database, qin.school, "SELECT session_id FROM session WHERE name = '阅读'")
    (result,) = await zhao.send(zhao.scans(0), session_id=reading[0])
    assert result.stay is not None
    assert (result.stay.session_id, result.stay.room_id) == (reading[0], qin.school.rooms[0])
    with pytest.raises(UnknownSession):
        await zhao.send(zhao.scans(1), session_id=new_id())


async def test_without_a_list_for_the_day_the_phone_keeps_its_queue(qin: Phone) -> None:
    with pytest.raises(DayNotLaidOut):
        await qin.send(qin.scans(0), service_on=MONDAY + timedelta(days=1))


async def test_nothing_is_added_to_a_closed_day(qin: Phone) -> None:
    await rows(qin.database, qin.school, "UPDATE service_day SET state = 'closed' RETURNING 1")
    assert await qin.scan(0, 11) == ["day-is-closed", "day-is-closed"]
    assert await rows(qin.database, qin.school, "SELECT count(*) FROM entry") == [(0,)]


async def test_a_scans_id_is_not_good_for_another_child(qin: Phone) -> None:
    (first,) = qin.scans(0)
    await qin.send([first])
    other = Scan(first.scan_id, qin.school.children[1], "card", first.occurred_at)
    assert [outcome(result) for result in await qin.send([other])] == ["scan-id-reused"]


async def test_a_school_does_not_see_anothers_children(qin: Phone) -> None:
    stranger = SmallSchool()
    scanner = Scanner(qin.school.school_id, MONDAY, qin.actor, None)
    async with qin.database.transaction([stranger.school_id]) as tx:
        with pytest.raises(DayNotLaidOut):
            await take_scans(tx, scanner, qin.scans(0), now=qin.clock.now())


async def test_forty_scans_take_no_more_statements_than_one(qin: Phone) -> None:
    """Batch first: the number of statements does not grow with the batch."""
    await qin.scan(0)
    async with counted(qin.database) as seen:
        await qin.send(qin.scans(1, 2, 3, 4, 5, 6, 7, 8, 9, 10))
    assert 0 < len(seen) <= 10, seen


def test_a_card_is_good_for_its_school_and_child_only() -> None:
    key, school_id, child_id = b"k" * 32, new_id(), new_id()
    card = card_text(key, school_id, "s009", child_id)
    assert child_on_card(key, school_id, card) == child_id
    assert child_on_card(key, new_id(), card) is None
    assert child_on_card(b"x" * 32, school_id, card) is None
    other = card_text(key, school_id, "s009", new_id())
    assert child_on_card(key, school_id, ".".join([*card.split(".")[:3], other.split(".")[3]])) is None
    for told in ("好", "\ud800"):
        assert child_on_card(key, school_id, ".".join([*card.split(".")[:3], told])) is None


@pytest.mark.parametrize(
    "text_", ["", "K1", "K1.S009.AAAA.BBBB", "http://x.test/?a=1.2.3", "K1.S.好.好", "K1.S.A B.C"]
)
def test_any_other_text_is_no_card(text_: str) -> None:
    assert child_on_card(b"k" * 32, new_id(), text_) is None

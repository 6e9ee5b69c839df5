"""The same child scanned by many phones at the same moment: shown without the lock, cured with it."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from services.attendance.custody import lock_stays as module
from services.kernel.clock import ManualClock
from services.kernel.database.provision import connect
from services.kernel.database.transaction import Database
from services.kernel.ids import new_id
from tests.attendance.phone import Phone, at, laws_hold, rows
from tests.attendance.small_school import SmallSchool, settled_school
from tests.conftest import Databases

PHONES = 8
BY_CHILD = "SELECT number, kind, adult_before, adult_after FROM entry WHERE child_id = :child ORDER BY number"


@pytest.fixture
async def wide_db(databases: Databases) -> AsyncIterator[Database]:
    """A database with a connection for every phone."""
    async with databases.clone("attendance") as urls:
        database = Database(urls.app, pool_size=PHONES)
        yield database
        await database.close()


@pytest.fixture
async def wide_school(wide_db: Database, clock: ManualClock) -> SmallSchool:
    school = await settled_school(wide_db, clock)
    clock.set(at(16, 31))
    return school


def phones_of(database: Database, school: SmallSchool, clock: ManualClock) -> list[Phone]:
    """As many teachers, each with a phone."""
    actors: list[UUID] = [school.qin, school.zhao, school.lu, *(new_id() for _ in range(PHONES - 3))]
    return [Phone(database, school, actor, clock) for actor in actors]


async def rush(phones: list[Phone], *indexes: int) -> Counter[str]:
    """Let every phone scan the same children at once; return outcomes, and the faults by name."""
    told = await asyncio.gather(*(phone.scan(*indexes) for phone in phones), return_exceptions=True)
    counts: Counter[str] = Counter()
    for each in told:
        counts.update([type(each).__name__] if isinstance(each, BaseException) else each)
    return counts


async def test_the_race_is_real_without_the_lock(
    wide_db: Database, wide_school: SmallSchool, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several phones see nobody's child and write line 1; only the ledger's own key stands between."""
    monkeypatch.setattr(module, "LOCK", module.LOCK.replace(" FOR NO KEY UPDATE", ""))
    counts = await rush(phones_of(wide_db, wide_school, clock), 0)
    assert counts[asyncpg.UniqueViolationError.__name__] > 0


async def test_without_lock_and_key_two_adults_believe_they_have_the_child(
    databases: Databases, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with databases.clone("attendance") as urls:
        owner = await connect(urls.owner)
        await owner.execute(
            "ALTER TABLE entry DROP CONSTRAINT entry_school_id_service_on_child_id_turn_number_key"
        )
        await owner.close()
        database = Database(urls.app, pool_size=PHONES)
        school = await settled_school(database, clock)
        clock.set(at(16, 31))
        monkeypatch.setattr(module, "LOCK", module.LOCK.replace(" FOR NO KEY UPDATE", ""))
        counts = await rush(phones_of(database, school, clock), 0)
        assert counts["received"] > 1
        with pytest.raises(AssertionError):
            await laws_hold(database, school)
        await database.close()


async def test_with_the_lock_one_receives_and_the_others_hear_who(
    wide_db: Database, wide_school: SmallSchool, clock: ManualClock
) -> None:
    counts = await rush(phones_of(wide_db, wide_school, clock), 0)
    assert counts == {"received": 1, "in-anothers-care": PHONES - 1}
    assert len(await rows(wide_db, wide_school, BY_CHILD, child=wide_school.children[0])) == 1
    await laws_hold(wide_db, wide_school)


async def test_a_child_that_nobody_expected_walks_in_at_many_phones_once(
    wide_db: Database, wide_school: SmallSchool, clock: ManualClock
) -> None:
    counts = await rush(phones_of(wide_db, wide_school, clock), 11)
    assert counts == {"received": 1, "in-anothers-care": PHONES - 1}
    await laws_hold(wide_db, wide_school)


async def test_the_same_batch_sent_twice_at_once_is_taken_once(
    wide_db: Database, wide_school: SmallSchool, clock: ManualClock
) -> None:
    """A phone gave up waiting and sent its queue again while the first try was still under way."""
    phone = Phone(wide_db, wide_school, wide_school.qin, clock)
    batch = phone.scans(0, 1, 2, 11)
    told = await asyncio.gather(*(phone.send(batch) for _ in range(PHONES)))
    assert all(each == told[0] for each in told)
    assert await rows(wide_db, wide_school, "SELECT count(*) FROM entry") == [(4,)]
    await laws_hold(wide_db, wide_school)


async def test_batches_in_any_order_do_not_wait_for_each_other_in_a_circle(
    wide_db: Database, wide_school: SmallSchool, clock: ManualClock
) -> None:
    order = random.Random(16_30)  # noqa: S311 - a shuffle, the same each time
    batches = [order.sample(range(12), 12) for _ in range(PHONES)]
    phones = phones_of(wide_db, wide_school, clock)
    told = await asyncio.gather(
        *(phone.scan(*batch) for phone, batch in zip(phones, batches, strict=True)), return_exceptions=True
    )
    assert [each for each in told if isinstance(each, BaseException)] == []
    await laws_hold(wide_db, wide_school)


async def test_offer_scan_and_taking_back_at_once_leave_each_child_with_one_adult(
    wide_db: Database, wide_school: SmallSchool, clock: ManualClock
) -> None:
    homeroom = Phone(wide_db, wide_school, wide_school.homeroom_1, clock)
    qin = Phone(wide_db, wide_school, wide_school.qin, clock)
    offered = await homeroom.offer(0, 1, 2, 3, 4, 5)
    await asyncio.gather(
        qin.scan(5, 4, 3, 2, 1, 0),
        homeroom.take_back(offered.hand_over_id, 0, 1, 2),
        qin.accept(offered.hand_over_id, 2, 3, 4),
        homeroom.take_back(offered.hand_over_id, 3, 4, 5),
    )
    await laws_hold(wide_db, wide_school)
    settled = "SELECT accepted + taken_back, settled_at IS NOT NULL FROM hand_over"
    assert await rows(wide_db, wide_school, settled) == [(6, True)]

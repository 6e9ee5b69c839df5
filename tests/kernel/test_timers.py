"""Timers follow the domain's clock, run once in effect, and are never lost."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.clock import ManualClock
from services.kernel.database.provision import ServiceUrls
from services.kernel.database.transaction import Database
from services.kernel.timers import Due, TimerRunner, set_timer

SCHOOL = UUID(int=7)
CHILD = UUID(int=8)


class Bell:
    """A handler that notes in the database that it ran, and fails as often as it is told to."""

    def __init__(self) -> None:
        self.failures = 0

    async def ring(self, tx: AsyncSession, due: Due, *, now: datetime) -> None:
        await tx.execute(
            text("INSERT INTO inbox (letter_id, kind, sender) VALUES (gen_random_uuid(), :kind, 'bell')"),
            {"kind": due.kind},
        )
        if self.failures:
            self.failures -= 1
            raise ValueError(now)


@pytest.fixture
async def database(kernel_urls: dict[str, ServiceUrls]) -> AsyncIterator[Database]:
    database = Database(kernel_urls["enrollment"].app)
    yield database
    await database.close()


async def set_bell(database: Database, due_at: datetime, subject: UUID = CHILD) -> None:
    async with database.transaction([SCHOOL]) as tx:
        await set_timer(
            tx, school_id=SCHOOL, kind="bell", subject=subject, due_at=due_at, facts={"loud": True}
        )


async def rung(database: Database) -> int:
    async with database.transaction() as tx:
        return int(await tx.scalar(text("SELECT count(*) FROM inbox")) or 0)


async def test_a_timer_never_runs_before_its_hour(database: Database, clock: ManualClock) -> None:
    bell = Bell()
    runner = TimerRunner(database, clock, {"bell": bell.ring})
    await set_bell(database, clock.now() + timedelta(minutes=10))
    assert await runner.run_due() == 0
    clock.advance(timedelta(minutes=10))
    assert await runner.run_due() == 1
    assert await rung(database) == 1


async def test_four_workers_run_each_timer_once(database: Database, clock: ManualClock) -> None:
    bell = Bell()
    for number in range(30):
        await set_bell(database, clock.now(), UUID(int=100 + number))
    runners = [TimerRunner(database, clock, {"bell": bell.ring}) for _ in range(4)]
    ran = await asyncio.gather(*(runner.run_due() for runner in runners))
    assert sum(ran) == 30
    assert await rung(database) == 30


async def test_a_timer_that_failed_leaves_nothing_half_done_and_runs_again(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.kernel.timers.backoff", lambda _: timedelta())
    bell = Bell()
    bell.failures = 2
    runner = TimerRunner(database, clock, {"bell": bell.ring})
    await set_bell(database, clock.now())
    await runner.run_due()
    assert await rung(database) == 1


async def test_setting_a_timer_again_moves_it(database: Database, clock: ManualClock) -> None:
    bell = Bell()
    runner = TimerRunner(database, clock, {"bell": bell.ring})
    await set_bell(database, clock.now())
    await set_bell(database, clock.now() + timedelta(hours=1))
    assert await runner.run_due() == 0
    clock.advance(timedelta(hours=1))
    assert await runner.run_due() == 1


async def test_a_rolled_back_command_sets_no_timer(database: Database, clock: ManualClock) -> None:
    async def fails() -> None:
        async with database.transaction([SCHOOL]) as tx:
            await set_timer(tx, school_id=SCHOOL, kind="bell", subject=CHILD, due_at=clock.now(), facts={})
            raise LookupError

    with pytest.raises(LookupError):
        await fails()
    assert await TimerRunner(database, clock, {"bell": Bell().ring}).run_due() == 0

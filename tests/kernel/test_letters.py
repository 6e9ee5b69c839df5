"""Facts travel at least once and take effect exactly once; a rolled-back command tells nothing."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Literal
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.wire import Fact
from services.kernel.clock import ManualClock
from services.kernel.database.transaction import Database, raw
from services.kernel.ids import new_id
from services.kernel.letters.announce import announce
from services.kernel.letters.deliver import TRIES_OF_A_REFUSED_BATCH
from services.kernel.letters.envelope import Hears, Letter
from services.kernel.letters.operate import letter_figures, resend, stuck_batches, write_off
from services.kernel.letters.receive import receive
from services.kernel.settings import Settings
from services.kernel.web.app import build_app
from services.kernel.worker import Worker
from tests.kernel.conftest import Running, reached_through, running

SCHOOL = UUID(int=7)


class BellRang(Fact):
    READERS: ClassVar[tuple[str, ...]] = ("attendance",)
    kind: Literal["enrollment.bell-rang.v1"] = "enrollment.bell-rang.v1"
    school_id: UUID
    number: int


class Ear:
    """Remembers what took effect; stumbles over the numbers it is told to."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.stumbles_over: set[int] = set()

    async def hear(self, tx: AsyncSession, facts: Sequence[BellRang], *, now: datetime) -> None:
        assert now.tzinfo is not None
        for fact in facts:
            if fact.number in self.stumbles_over:
                raise ValueError(fact.number)
            await tx.execute(text("SELECT 1"))
        self.heard += [fact.number for fact in facts]


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
async def reader(settings_of: dict[str, Settings], ear: Ear, clock: ManualClock) -> AsyncIterator[Running]:
    app = build_app(
        "attendance", settings_of["attendance"], routers=[], hears=[Hears(BellRang, ear.hear)], clock=clock
    )
    async with running(app) as up:
        yield up


@pytest.fixture
async def sender(settings_of: dict[str, Settings], clock: ManualClock) -> AsyncIterator[Running]:
    async with running(build_app("enrollment", settings_of["enrollment"], routers=[], clock=clock)) as up:
        yield up


@pytest.fixture
def worker(sender: Running, reader: Running) -> Worker:
    return Worker(reached_through(sender.resources, reader.app), readers=("attendance",))


def rang(clock: ManualClock, *numbers: int) -> list[BellRang]:
    return [BellRang(school_id=SCHOOL, number=number, at=clock.now()) for number in numbers]


async def ring(database: Database, clock: ManualClock, *numbers: int) -> None:
    async with database.transaction([SCHOOL]) as tx:
        await announce(tx, *rang(clock, *numbers), now=clock.now())


async def jobs_waiting(database: Database) -> int:
    async with database.transaction() as tx:
        return int(await tx.scalar(text("SELECT count(*) FROM pgqueuer")) or 0)


async def test_a_fact_reaches_its_reader_once(
    sender: Running, ear: Ear, worker: Worker, clock: ManualClock
) -> None:
    await ring(sender.resources.database, clock, 1, 2, 3)
    await worker.pump()
    await worker.pump()
    assert ear.heard == [1, 2, 3]
    async with sender.resources.database.transaction() as tx:
        figures = await letter_figures(tx)
    assert (figures.announced, figures.delivered, figures.waiting) == (3, 3, 0)


async def test_what_a_whole_county_is_told_at_once_arrives_although_no_post_may_be_so_large(
    sender: Running, ear: Ear, worker: Worker, clock: ManualClock
) -> None:
    numbers = range(6_000)
    await ring(sender.resources.database, clock, *numbers)
    await worker.pump()
    assert sorted(ear.heard) == list(numbers)


async def test_a_rolled_back_command_announces_nothing(
    sender: Running, ear: Ear, worker: Worker, clock: ManualClock
) -> None:
    async def fails() -> None:
        async with sender.resources.database.transaction([SCHOOL]) as tx:
            await announce(tx, *rang(clock, 1), now=clock.now())
            raise LookupError

    with pytest.raises(LookupError):
        await fails()
    assert await jobs_waiting(sender.resources.database) == 0
    await worker.pump()
    assert ear.heard == []


async def test_the_driver_is_not_lent_before_begin_was_really_sent(sender: Running) -> None:
    async with sender.resources.database.sessions() as tx:
        with pytest.raises(RuntimeError, match="no transaction is open"):
            await raw(tx)


async def test_the_same_letter_twice_takes_effect_once(reader: Running, ear: Ear, clock: ManualClock) -> None:
    letter = Letter(
        letter_id=new_id(),
        kind="enrollment.bell-rang.v1",
        sender="enrollment",
        sent_at=clock.now(),
        body=rang(clock, 4)[0].model_dump(mode="json"),
    )
    database, ears = reader.resources.database, reader.app.state.ears
    receipts = await asyncio.gather(*(receive(database, ears, [letter], now=clock.now()) for _ in range(8)))
    assert ear.heard == [4]
    assert sum(receipt.accepted for receipt in receipts) == 1
    assert sum(receipt.repeated for receipt in receipts) == 7


async def test_one_bad_letter_does_not_hold_up_the_others(
    sender: Running, reader: Running, ear: Ear, clock: ManualClock
) -> None:
    ear.stumbles_over = {2}
    letters = [
        Letter(
            letter_id=new_id(),
            kind=fact.kind,
            sender="enrollment",
            sent_at=clock.now(),
            body=fact.model_dump(mode="json"),
        )
        for fact in rang(clock, 1, 2, 3)
    ]
    receipt = await receive(reader.resources.database, reader.app.state.ears, letters, now=clock.now())
    assert ear.heard == [1, 3]
    assert [refused.letter_id for refused in receipt.refused] == [letters[1].letter_id]


async def test_a_word_that_nobody_knows_yet_is_taken_and_forgotten(
    reader: Running, clock: ManualClock
) -> None:
    letter = Letter(letter_id=new_id(), kind="x.new.v1", sender="x", sent_at=clock.now(), body={})
    receipt = await receive(reader.resources.database, reader.app.state.ears, [letter], now=clock.now())
    assert (receipt.accepted, receipt.refused) == (1, [])


async def test_letters_wait_while_their_reader_is_down_and_arrive_when_it_is_back(
    sender: Running, reader: Running, ear: Ear, clock: ManualClock
) -> None:
    held = sender.resources
    await ring(held.database, clock, 1)
    nobody_there = Worker(held, readers=("attendance",))
    pumping = asyncio.create_task(nobody_there.pump())
    await _until(held.database, lambda tries: tries > 0)
    pumping.cancel()
    await asyncio.gather(pumping, return_exceptions=True)
    assert ear.heard == []
    async with held.database.transaction() as tx:
        [stuck] = await stuck_batches(tx)
    assert stuck.state == "waiting"
    assert stuck.kinds == ["enrollment.bell-rang.v1"]
    await Worker(reached_through(held, reader.app), readers=("attendance",)).pump()
    assert ear.heard == [1]


async def test_a_letter_that_its_reader_never_takes_is_dead_until_an_operator_sends_it_again(
    sender: Running, ear: Ear, worker: Worker, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.kernel.letters.deliver.backoff", lambda _: _no_time())
    ear.stumbles_over = {9}
    database = sender.resources.database
    await ring(database, clock, 9)
    await worker.pump()
    async with database.transaction() as tx:
        [dead] = await stuck_batches(tx)
    assert (dead.state, dead.tries) == ("dead", TRIES_OF_A_REFUSED_BATCH)
    ear.stumbles_over = set()
    async with database.transaction() as tx:
        assert await resend(tx, [dead.batch_id]) == 1
    await worker.pump()
    assert ear.heard == [9]


async def test_a_dead_letter_can_be_written_off_with_a_reason(
    sender: Running, ear: Ear, worker: Worker, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.kernel.letters.deliver.backoff", lambda _: _no_time())
    ear.stumbles_over = {9}
    database = sender.resources.database
    await ring(database, clock, 9)
    await worker.pump()
    async with database.transaction() as tx:
        [dead] = await stuck_batches(tx)
        assert await write_off(tx, [dead.batch_id], reason="the school was closed down") == 1
    async with database.transaction() as tx:
        assert await stuck_batches(tx) == []
        assert (await letter_figures(tx)).written_off == 1


def _no_time() -> object:
    return timedelta()


async def _until(database: Database, wanted: object) -> None:
    assert callable(wanted)
    for _ in range(200):
        async with database.transaction() as tx:
            tries = await tx.scalar(text("SELECT max(tries) FROM outgoing"))
        if wanted(tries or 0):
            return
        await asyncio.sleep(0.02)
    pytest.fail("the worker never tried")

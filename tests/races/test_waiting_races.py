"""Offers under a rush: what goes wrong without the locks, and that with them it does not."""

import asyncio
import random
from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.selection import give_up_place
from services.enrollment.selection.effective_day import effective_day
from services.enrollment.selection.free_places import free_places
from services.enrollment.waiting import accept_offer, offer_places, promote_entry, soon_offer_places
from services.enrollment.waiting import decline_offer as module_of_declining
from services.enrollment.waiting.decline_offer import decline_offer
from services.enrollment.waiting.lapse_offer import lapse_offer
from services.enrollment.waiting.lock_entry import lock_entry
from services.enrollment.waiting.offer_timers import offer_timers
from services.kernel.clock import ManualClock
from services.kernel.timers import TimerRunner
from tests.conftest import Databases
from tests.races.small_school import NOON, club, open_school
from tests.races.test_claim import together
from tests.races.waiting_hall import DAWDLING_SECONDS, POLICY, Hall, dawdling, unlock


async def one_offer(hall: Hall) -> tuple[UUID, UUID]:
    """The only place of C1 was given up: family 1 is offered it, family 2 waits. Returns both entries."""
    place = await hall.claims(0, "C1")
    entries = await hall.joins(1, "C1"), await hall.joins(2, "C1")
    await hall.gives_up(0, place)
    await hall.offers("C1")
    return entries


async def both_parents_tap(hall: Hall, entry: UUID) -> Counter[str]:
    return Counter(await asyncio.gather(hall.accepts(1, entry, phone=1), hall.accepts(1, entry, phone=2)))


async def test_without_the_locks_the_second_parents_tap_is_a_fault(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, _ = await one_offer(hall)
    unlock(monkeypatch)
    monkeypatch.setattr(accept_offer, "lock_entry", together(lock_entry, 2))
    assert await both_parents_tap(hall, entry) == {"done": 1, "UniqueViolationError": 1}


async def test_an_offer_tapped_by_both_parents_is_one_place_and_one_sentence(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, _ = await one_offer(hall)
    monkeypatch.setattr(accept_offer, "lock_entry", dawdling(lock_entry))
    assert await both_parents_tap(hall, entry) == {"done": 1, "offer-taken": 1}
    assert await hall.given_away() == 1


async def all_at_the_last_moment(hall: Hall, entries: tuple[UUID, UUID]) -> Counter[str]:
    """The family taps just before the end, the offer lapses, and the officer promotes the next by hand."""
    ends = await _ends(hall, entries[0])

    async def lapses() -> str:
        await asyncio.sleep(DAWDLING_SECONDS / 3)
        return await hall.said(lapse_offer, entries[0], policy=POLICY, now=ends)

    async def promotes() -> str:
        await asyncio.sleep(DAWDLING_SECONDS / 3)
        return await hall.promotes(entries[1], now=ends)

    before = ends - timedelta(seconds=1)
    return Counter(await asyncio.gather(hall.accepts(1, entries[0], now=before), lapses(), promotes()))


async def _ends(hall: Hall, entry: UUID) -> datetime:
    async def read(tx: AsyncSession, _: UUID) -> datetime:
        found: datetime = await tx.scalar(
            text("SELECT expires_at FROM waiting_entry WHERE entry_id = :entry"), {"entry": entry}
        )
        return found

    ends: datetime = await hall.act(read)
    return ends


async def test_without_the_locks_one_place_is_taken_and_offered_again(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = await one_offer(hall)
    unlock(monkeypatch)
    monkeypatch.setattr(accept_offer, "lock_entry", dawdling(lock_entry))
    await all_at_the_last_moment(hall, entries)
    assert await hall.given_away() > 1


async def test_acceptance_end_and_promotion_of_one_moment_give_one_place_away(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = await one_offer(hall)
    monkeypatch.setattr(accept_offer, "lock_entry", dawdling(lock_entry))
    said = await all_at_the_last_moment(hall, entries)
    assert said == {"done": 2, "no-place-to-offer": 1}
    assert await hall.given_away() == 1
    assert await hall.count("SELECT count(*) FROM waiting_entry WHERE state = 'taken'") == 1


async def test_whichever_of_the_three_comes_first_one_place_is_given_away(databases: Databases) -> None:
    for seed in range(6):
        async with databases.fresh("enrollment") as database:
            hall = Hall(await open_school(database, 3, [club("C1", 1)]))
            entries = await one_offer(hall)
            ends = await _ends(hall, entries[0])
            acts = [
                hall.accepts(1, entries[0], now=ends - timedelta(seconds=1)),
                hall.said(lapse_offer, entries[0], policy=POLICY, now=ends),
                hall.promotes(entries[1], now=ends),
            ]
            random.Random(seed).shuffle(acts)  # noqa: S311 - an order to try, no secret
            said = await asyncio.gather(*acts)
            assert set(said) <= {"done", "no-place-to-offer", "offer-over", "offered-already"}
            assert await hall.given_away() == 1


async def promoted_and_offered(hall: Hall, monkeypatch: pytest.MonkeyPatch, *, meet: bool) -> list[str]:
    """A place of C1 was given up: the officer promotes family 2 while the worker offers it to family 1."""
    place = await hall.claims(0, "C1")
    _, second = await hall.joins(1, "C1"), await hall.joins(2, "C1")
    await hall.gives_up(0, place)
    count = free_places
    look = together(count, 2) if meet else dawdling(count)
    monkeypatch.setattr(offer_places, "free_places", look)
    monkeypatch.setattr(promote_entry, "free_places", look)
    return list(await asyncio.gather(hall.promotes(second), hall.offers("C1")))


async def test_without_the_locks_a_place_given_up_is_offered_twice(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(monkeypatch)
    assert await promoted_and_offered(hall, monkeypatch, meet=True) == ["done", "done"]
    assert await hall.given_away() == 2


async def test_a_place_given_up_is_offered_once_whether_by_hand_or_by_turn(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = await promoted_and_offered(hall, monkeypatch, meet=False)
    assert said in (["done", "done"], ["no-place-to-offer", "done"])
    assert await hall.given_away() == 1


async def given_up_by_both(hall: Hall) -> Counter[str]:
    place = await hall.claims(0, "C1")
    return Counter(await asyncio.gather(hall.gives_up(0, place, phone=1), hall.gives_up(0, place, phone=2)))


async def test_without_the_locks_both_parents_read_that_they_gave_the_place_up(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(monkeypatch)
    monkeypatch.setattr(give_up_place, "effective_day", together(effective_day, 2))
    assert await given_up_by_both(hall) == {"done": 2}


async def test_a_place_is_given_up_once(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(give_up_place, "effective_day", dawdling(effective_day))
    assert await given_up_by_both(hall) == {"done": 1, "unknown-place": 1}


async def declined_while_the_worker_looks(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> tuple[str, int]:
    """Family 1 declines, which has the worker look, while the worker is about to look. Returns what both met."""
    entry, _ = await one_offer(hall)
    monkeypatch.setattr(module_of_declining, "lock_entry", dawdling(lock_entry))
    worker = TimerRunner(hall.school.database, ManualClock(NOON), offer_timers(POLICY))
    guardian = hall.school.families[1][1]

    async def works() -> None:
        await asyncio.sleep(DAWDLING_SECONDS / 3)
        await worker.run_due()

    said, _ = await asyncio.gather(hall.said(decline_offer, entry, guardian_id=guardian, now=NOON), works())
    return said, await hall.count("SELECT count(*) FROM timer WHERE tries > 0")


async def test_with_one_timer_for_an_offering_family_and_worker_wait_for_each_other(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soon_offer_places, "new_id", lambda: UUID(int=1))
    said, failed = await declined_while_the_worker_looks(hall, monkeypatch)
    assert (said, failed) in {("DBAPIError", 0), ("done", 1)}


async def test_with_a_timer_for_each_moment_they_do_not(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await declined_while_the_worker_looks(hall, monkeypatch) == ("done", 0)


async def test_on_a_busy_evening_nobody_waits_in_a_circle_and_no_seat_is_given_twice(hall: Hall) -> None:
    """Families give up, accept and decline while three workers offer: all answers are named, all timers run."""
    clock = ManualClock(NOON)
    workers = [TimerRunner(hall.school.database, clock, offer_timers(POLICY)) for _ in range(3)]
    holders = {0: await hall.claims(0, "C1"), 1: await hall.claims(1, "C2"), 2: await hall.claims(2, "C2")}
    entries = {
        n: (code, await hall.joins(n, code)) for n in range(3, 8) for code in ("C1", "C2")[n % 2 :][:1]
    }

    async def answers(family: int, entry: UUID, turn: int) -> str:
        await asyncio.sleep(0.01 * turn)
        if (family + turn) % 3:
            return await hall.accepts(family, entry, phone=1 + turn % 2)
        guardian = hall.school.families[family][1]
        return await hall.said(decline_offer, entry, guardian_id=guardian, now=NOON)

    async def pump(worker: TimerRunner) -> str:
        for _ in range(15):
            await worker.run_due()
            await asyncio.sleep(0.01)
        return "done"

    said = await asyncio.gather(
        *(pump(worker) for worker in workers),
        *(hall.gives_up(family, place, phone=phone) for family, place in holders.items() for phone in (1, 2)),
        *(answers(n, entry, turn) for n, (_, entry) in entries.items() for turn in range(12)),
    )
    assert set(said) <= {"done", "unknown-place", "not-offered-yet", "offer-taken", "entry-over"}
    await workers[0].run_due()
    assert await hall.count("SELECT count(*) FROM timer WHERE kind = 'offer_places'") == 0
    for code, seats in (("C1", 1), ("C2", 2)):
        taken = await hall.count(
            f"SELECT count(*) FROM place JOIN offering USING (offering_id) WHERE code = '{code}' AND until_on IS NULL"  # noqa: S608 - our own words
        )
        assert taken <= seats

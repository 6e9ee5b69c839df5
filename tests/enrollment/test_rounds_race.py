"""Two at the same moment: a list against the close, an extension against the close, one offering in two rounds."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.enrollment.draw.rules.entries_root import entries_root
from services.enrollment.rounds import close_round as closing
from services.enrollment.rounds import pick_offerings
from services.enrollment.rounds.change_round import Correction, change_round
from services.enrollment.rounds.errors import InAnotherRound, RoundClosed
from services.enrollment.rounds.round_on_file import lock_round, round_on_file
from services.enrollment.rounds.round_timers import CLOSE
from services.enrollment.rounds.tables import Round
from services.enrollment.rounds.walk_rounds import on_close
from services.enrollment.wishes import submit_wishes as submitting
from services.enrollment.wishes.round_entries import round_entries
from services.kernel.clock import ManualClock
from services.kernel.problems import Refusal
from services.kernel.timers import TimerRunner
from tests.enrollment.conftest import FAMILIES, Family, Schools
from tests.enrollment.small_rounds import CLOSES, OPENS, announced, submit

SECOND = timedelta(seconds=1)
LAST_MOMENT = CLOSES - SECOND
PATIENCE_SECONDS = 20
A_MOMENT = 0.1

Look = Callable[..., Awaitable[Any]]


class Meeting:
    """Holds a look back, once it is done, until somebody lets it go on."""

    def __init__(self) -> None:
        self.looked, self.go_on = asyncio.Event(), asyncio.Event()

    def after(self, look: Look) -> Look:
        async def slowly(*args: Any, **named: Any) -> Any:
            seen = await look(*args, **named)
            self.looked.set()
            await asyncio.wait_for(self.go_on.wait(), PATIENCE_SECONDS)
            return seen

        return slowly


async def open_round(schools: Schools) -> tuple[Round, list[Family]]:
    """Announce a round for good; return it and families of the first grade."""
    async with schools.database.transaction([schools.primary]) as tx:
        told = await announced(tx, schools)
        facts = {"school_id": schools.primary, "grade": 1, "class_name": ""}
        return told, [Family(**row) for row in (await tx.execute(FAMILIES, facts)).mappings()]


async def hand_in(schools: Schools, told: Round, family: Family) -> str:
    try:
        async with schools.database.transaction([schools.primary]) as tx:
            await submit(tx, told, family, "K055", now=LAST_MOMENT)
    except Refusal as refusal:
        return refusal.slug()
    return "in"


async def close(schools: Schools, told: Round) -> None:
    async with schools.database.transaction([schools.primary]) as tx:
        await closing.close_round(tx, schools.primary, told.round_id, now=CLOSES)


async def root_holds(schools: Schools, told: Round) -> bool:
    """Whether the root that was fixed covers the lists on file."""
    async with schools.database.transaction([schools.primary]) as tx:
        entries = await round_entries(tx, schools.primary, told.round_id)
        return (await round_on_file(tx, schools.primary, told.round_id)).entries_root == entries_root(entries)


async def list_meets_close(schools: Schools, monkeypatch: pytest.MonkeyPatch) -> tuple[str, bool]:
    """Let a list come in at the last moment, and the round close while it is being written."""
    told, (early, late, *_) = await open_round(schools)
    assert await hand_in(schools, told, early) == "in"
    meeting = Meeting()
    monkeypatch.setattr(submitting, "_open_round", meeting.after(submitting._open_round))
    writing = asyncio.create_task(hand_in(schools, told, late))
    await meeting.looked.wait()
    shut = asyncio.create_task(close(schools, told))
    await asyncio.wait([shut], timeout=A_MOMENT)
    meeting.go_on.set()
    await asyncio.wait_for(shut, PATIENCE_SECONDS)
    return await writing, await root_holds(schools, told)


async def test_without_the_shared_lock_a_list_slips_in_behind_the_root(
    own_copy: Schools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submitting, "HOLD_ROUND", submitting.HOLD_ROUND.removesuffix(" FOR SHARE"))
    assert await list_meets_close(own_copy, monkeypatch) == ("in", False)


async def test_closing_waits_for_a_list_that_is_being_written(
    own_copy: Schools, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await list_meets_close(own_copy, monkeypatch) == ("in", True)


async def test_a_list_that_comes_while_the_round_closes_is_refused(
    own_copy: Schools, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, (early, late, *_) = await open_round(own_copy)
    await hand_in(own_copy, told, early)
    meeting = Meeting()
    monkeypatch.setattr(f"{closing.__name__}.round_entries", meeting.after(round_entries))
    shut = asyncio.create_task(close(own_copy, told))
    await meeting.looked.wait()
    writing = asyncio.create_task(hand_in(own_copy, told, late))
    await asyncio.wait([writing], timeout=A_MOMENT)
    assert not writing.done()
    meeting.go_on.set()
    await shut
    assert await writing == "round-closed"
    assert await root_holds(own_copy, told)


async def test_families_do_not_wait_for_each_other(
    own_copy: Schools, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, (first, second, *_) = await open_round(own_copy)
    meeting = Meeting()
    honest = submitting._open_round
    monkeypatch.setattr(submitting, "_open_round", meeting.after(honest))
    slow = asyncio.create_task(hand_in(own_copy, told, first))
    await meeting.looked.wait()
    monkeypatch.setattr(submitting, "_open_round", honest)
    assert await asyncio.wait_for(hand_in(own_copy, told, second), PATIENCE_SECONDS) == "in"
    meeting.go_on.set()
    assert await slow == "in"


async def test_a_close_is_put_off_or_it_happens_and_never_both(own_copy: Schools) -> None:
    """The worker and the officer meet at the hour itself, again and again; no circle of locks, one outcome."""
    told, _ = await open_round(own_copy)
    clock = ManualClock(CLOSES)
    worker = TimerRunner(own_copy.database, clock, {CLOSE: on_close})

    async def put_off() -> str:
        try:
            async with own_copy.database.transaction([own_copy.primary]) as tx:
                correction = Correction({"closes_at": CLOSES + SECOND}, reason="延长")
                await change_round(
                    tx,
                    own_copy.primary,
                    told.round_id,
                    correction,
                    by=own_copy.officers["S001"],
                    now=LAST_MOMENT,
                )
        except RoundClosed:
            return "closed"
        return "put off"

    outcome, _ = await asyncio.gather(put_off(), worker.run_due())
    async with own_copy.database.transaction([own_copy.primary]) as tx:
        now_told = await round_on_file(tx, own_copy.primary, told.round_id)
        waiting = await tx.scalar(text("SELECT due_at FROM timer WHERE kind = 'round_close'"))
    if outcome == "closed":
        assert (now_told.closed_at, now_told.closes_at, waiting) == (CLOSES, CLOSES, None)
    else:
        assert (now_told.closed_at, now_told.closes_at) == (None, CLOSES + SECOND)
        assert waiting == CLOSES + SECOND


async def officer_meets_worker(schools: Schools, monkeypatch: pytest.MonkeyPatch) -> tuple[str, int]:
    """Let the worker come for the close while an officer, holding the round, is about to move its timer.

    Returns what the officer got, and how often the worker's step failed.
    """
    told, _ = await open_round(schools)
    worker = TimerRunner(schools.database, ManualClock(CLOSES), {CLOSE: on_close})
    meeting = Meeting()
    monkeypatch.setattr(f"{change_round.__module__}.lock_round", meeting.after(lock_round))

    async def put_off() -> str:
        try:
            async with schools.database.transaction([schools.primary]) as tx:
                correction = Correction({"closes_at": CLOSES + SECOND}, reason="延长")
                officer = schools.officers["S001"]
                await change_round(
                    tx, schools.primary, told.round_id, correction, by=officer, now=LAST_MOMENT
                )
        except DBAPIError as fault:
            return "deadlock" if "deadlock" in str(fault) else str(fault)
        return "put off"

    moving = asyncio.create_task(put_off())
    await meeting.looked.wait()
    coming = asyncio.create_task(worker.run_due(limit=1))
    await asyncio.wait([coming], timeout=A_MOMENT)
    meeting.go_on.set()
    outcome, _ = await asyncio.gather(moving, coming)
    async with schools.database.transaction() as tx:
        tries = await tx.scalar(text("SELECT coalesce(max(tries), 0) FROM timer WHERE kind = 'round_close'"))
    return outcome, int(tries or 0)


async def test_without_taking_the_timers_first_officer_and_worker_wait_in_a_circle(
    own_copy: Schools, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forget(*_: Any) -> None:
        return None

    monkeypatch.setattr(f"{change_round.__module__}.hold_round_timers", forget)
    outcome, failures = await officer_meets_worker(own_copy, monkeypatch)
    assert outcome == "deadlock" or failures == 1


async def test_who_puts_a_close_off_holds_its_timer_and_the_worker_passes_by(
    own_copy: Schools, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await officer_meets_worker(own_copy, monkeypatch) == ("put off", 0)


async def two_rounds(schools: Schools) -> list[str]:
    """Two officers announce a round over the same offering at the same moment."""

    async def announce() -> str:
        try:
            async with schools.database.transaction([schools.primary]) as tx:
                await announced(tx, schools, codes=["K055"])
                await asyncio.sleep(A_MOMENT)
        except InAnotherRound:
            return "taken"
        return "announced"

    return sorted(await asyncio.gather(announce(), announce()))


async def test_without_its_lock_an_offering_lands_in_two_rounds(
    own_copy: Schools, monkeypatch: pytest.MonkeyPatch
) -> None:
    lockless = text(pick_offerings._LOCK.text.removesuffix(" FOR NO KEY UPDATE"))
    monkeypatch.setattr(pick_offerings, "_LOCK", lockless)
    assert await two_rounds(own_copy) == ["announced", "announced"]


async def test_of_two_rounds_over_one_offering_one_is_refused(own_copy: Schools) -> None:
    assert await two_rounds(own_copy) == ["announced", "taken"]


async def test_closing_twice_changes_nothing(own_copy: Schools) -> None:
    told, (family, *_) = await open_round(own_copy)
    await hand_in(own_copy, told, family)
    await close(own_copy, told)
    async with own_copy.database.transaction([own_copy.primary]) as tx:
        await closing.close_round(tx, own_copy.primary, told.round_id, now=CLOSES + SECOND)
        assert (await round_on_file(tx, own_copy.primary, told.round_id)).closed_at == CLOSES
    assert await root_holds(own_copy, told)


async def test_a_round_does_not_close_before_its_hour(own_copy: Schools) -> None:
    told, _ = await open_round(own_copy)
    async with own_copy.database.transaction([own_copy.primary]) as tx:
        left = await closing.close_round(tx, own_copy.primary, told.round_id, now=OPENS)
        assert left.closed_at is None

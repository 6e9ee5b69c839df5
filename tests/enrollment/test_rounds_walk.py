"""The worker walks a round through its hours, and a worker that is killed anywhere goes on where it stood."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.enrollment.policy import Policy
from services.enrollment.rounds.cancel_round import cancel_round
from services.enrollment.rounds.change_round import Correction, change_round
from services.enrollment.rounds.round_of_offerings import standing_of
from services.enrollment.rounds.round_on_file import round_on_file
from services.enrollment.rounds.round_timers import CLOSE, DRAW, RESULTS, VISIBLE
from services.enrollment.rounds.tables import Round
from services.enrollment.rounds.walk_rounds import walk_rounds
from services.kernel.cipher import FieldCipher
from services.kernel.clock import ManualClock
from services.kernel.timers import Due, TimerHandler, TimerRunner
from tests.enrollment.conftest import FAMILIES, NOON, Family, Schools
from tests.enrollment.small_rounds import CLOSES, CLUBS, OPENS, announced, ids_of, submit
from tests.enrollment.small_rounds import RESULTS as RESULTS_AT
from tests.enrollment.small_rounds import VISIBLE as VISIBLE_AT

HOURS = (VISIBLE_AT, OPENS, CLOSES, RESULTS_AT)
LETTERS = text(
    "SELECT letter->'body' AS body FROM outgoing, jsonb_array_elements(letters) AS letter"
    " WHERE letter->>'kind' LIKE :kind AND reader = 'notifications' ORDER BY announced_at"
)


class Killed(Exception):  # noqa: N818 - it is what happens to the worker
    """The worker's process died here."""


@pytest.fixture
def handlers(policy: Policy, cipher: FieldCipher) -> Mapping[str, TimerHandler]:
    return walk_rounds(policy, lambda: cipher)


class Walk:
    """A round, the worker's clock, and what has come of both."""

    def __init__(self, schools: Schools, handlers: Mapping[str, TimerHandler]) -> None:
        self.schools = schools
        self.clock = ManualClock(NOON)
        self.worker = TimerRunner(schools.database, self.clock, handlers)
        self.told: Round

    async def begin(self, kind: str = "preference", **told: Any) -> None:
        async with self.schools.database.transaction([self.schools.primary]) as tx:
            self.told = await announced(tx, self.schools, kind, **told)

    async def to(self, now: datetime) -> Round:
        """Move the clock, let what is due happen (a failed step is tried again), and return the round."""
        self.clock.set(now)
        for _ in range(5):
            await self.worker.run_due()
            async with self.schools.database.transaction([self.schools.primary]) as tx:
                await tx.execute(text("UPDATE timer SET retry_at = NULL"))
        return await self.now()

    async def now(self) -> Round:
        async with self.schools.database.transaction([self.schools.primary]) as tx:
            return await round_on_file(tx, self.schools.primary, self.told.round_id)

    async def letters(self, kind: str) -> list[dict[str, Any]]:
        async with self.schools.database.transaction() as tx:
            return list(await tx.scalars(LETTERS, {"kind": f"enrollment.{kind}.v1"}))

    async def lists(self, count: int) -> list[Family]:
        """Have the first families of the first grade wish for the same two clubs."""
        async with self.schools.database.transaction([self.schools.primary]) as tx:
            facts = {"school_id": self.schools.primary, "grade": 1, "class_name": ""}
            families = [Family(**row) for row in (await tx.execute(FAMILIES, facts)).mappings()][:count]
            for family in families:
                await submit(tx, self.told, family, "K055", "K056")
            return families

    async def places(self) -> int:
        async with self.schools.database.transaction([self.schools.primary]) as tx:
            return int(await tx.scalar(text("SELECT count(*) FROM place WHERE came_by = 'draw'")) or 0)


async def test_a_preference_round_is_told_closed_drawn_and_published_at_its_hours(
    own_copy: Schools, handlers: Mapping[str, TimerHandler]
) -> None:
    walk = Walk(own_copy, handlers)
    await walk.begin()
    await walk.to(VISIBLE_AT - timedelta(seconds=1))
    assert await walk.letters("round-announced") == []
    await walk.to(VISIBLE_AT)
    (letter,) = await walk.letters("round-announced")
    assert (letter["rule"], letter["cancelled"]) == ("preference", False)
    await walk.to(OPENS)
    families = await walk.lists(30)
    closed = await walk.to(CLOSES)
    assert (closed.closed_at, closed.drawn_at, closed.published_at) == (CLOSES, CLOSES, None)
    assert closed.entries_root is not None
    assert await walk.places() == 0, "drawn, and nobody is told before the hour of the results"
    published = await walk.to(RESULTS_AT)
    assert published.published_at == RESULTS_AT
    assert await walk.places() > 0
    assert {one["child_id"] for one in await walk.letters("results-out")} == {
        str(family.child_id) for family in families
    }
    async with own_copy.database.transaction([own_copy.primary]) as tx:
        standings = await standing_of(tx, own_copy.primary, await ids_of(tx, *CLUBS), now=RESULTS_AT)
        assert {standing.phase for standing in standings.values()} == {"out"}


@pytest.mark.parametrize("step", [VISIBLE, CLOSE, DRAW, RESULTS])
async def test_a_worker_killed_at_any_step_goes_on_where_it_stood(
    step: str, own_copy: Schools, handlers: Mapping[str, TimerHandler]
) -> None:
    honest = handlers[step]
    killed: list[str] = []

    async def dies_once(tx: Any, due: Due, *, now: datetime) -> None:
        await honest(tx, due, now=now)
        if not killed:
            killed.append(due.kind)
            raise Killed

    walk = Walk(own_copy, {**handlers, step: dies_once})
    await walk.begin()
    await walk.to(OPENS)
    families = await walk.lists(15)
    await walk.to(CLOSES)
    told = await walk.to(RESULTS_AT)
    assert killed == [step]
    assert told.published_at == RESULTS_AT
    assert await walk.places() == 2 * len(families), "each place once"
    assert len(await walk.letters("round-announced")) == 1
    assert len(await walk.letters("results-out")) == len(families)


async def test_a_worker_that_slept_through_the_whole_round_catches_up(
    own_copy: Schools, handlers: Mapping[str, TimerHandler]
) -> None:
    walk = Walk(own_copy, handlers)
    await walk.begin()
    await walk.lists(15)
    late = RESULTS_AT + timedelta(hours=3)
    told = await walk.to(late)
    assert (told.closed_at, told.drawn_at, told.published_at) == (late, late, late)
    assert await walk.places() == 30


async def test_a_round_into_which_nobody_handed_a_list_ends_quietly(
    own_copy: Schools, handlers: Mapping[str, TimerHandler]
) -> None:
    walk = Walk(own_copy, handlers)
    await walk.begin()
    for hour in HOURS:
        told = await walk.to(hour)
    assert told.published_at == RESULTS_AT
    assert await walk.letters("results-out") == []


async def test_a_first_come_round_lets_free_places_flow_at_its_results(
    own_copy: Schools, handlers: Mapping[str, TimerHandler]
) -> None:
    walk = Walk(own_copy, handlers)
    await walk.begin("first_come")
    told = await walk.to(CLOSES)
    assert (told.closed_at, told.entries_root, told.published_at) == (CLOSES, None, None)
    told = await walk.to(RESULTS_AT)
    assert (told.published_at, told.drawn_at) == (RESULTS_AT, None)
    async with own_copy.database.transaction() as tx:
        looks = await tx.scalar(text("SELECT count(*) FROM timer WHERE kind = 'offer_places'"))
    assert looks == len(CLUBS)


async def test_who_saw_a_round_is_told_that_its_close_was_put_off_or_that_it_was_cancelled(
    own_copy: Schools, handlers: Mapping[str, TimerHandler]
) -> None:
    walk = Walk(own_copy, handlers)
    await walk.begin()
    await walk.to(OPENS)
    later = CLOSES + timedelta(hours=1)
    officer = own_copy.officers["S001"]
    async with own_copy.database.transaction([own_copy.primary]) as tx:
        correction = Correction({"closes_at": later}, reason="家长反映时间不够")
        await change_round(tx, own_copy.primary, walk.told.round_id, correction, by=officer, now=OPENS)
    told = await walk.to(CLOSES)
    assert told.closed_at is None
    async with own_copy.database.transaction([own_copy.primary]) as tx:
        await cancel_round(tx, own_copy.primary, walk.told.round_id, reason="停课", by=officer, now=CLOSES)
    told = await walk.to(RESULTS_AT)
    assert (told.closed_at, told.drawn_at, told.published_at) == (None, None, None)
    letters = await walk.letters("round-announced")
    assert [datetime.fromisoformat(one["closes_at"]) for one in letters] == [CLOSES, later, later]
    assert [one["cancelled"] for one in letters] == [False, False, True]


async def test_a_round_cancelled_before_anybody_saw_it_is_never_told(
    own_copy: Schools, handlers: Mapping[str, TimerHandler]
) -> None:
    walk = Walk(own_copy, handlers)
    await walk.begin()
    async with own_copy.database.transaction([own_copy.primary]) as tx:
        await cancel_round(
            tx, own_copy.primary, walk.told.round_id, reason="弄错了", by=own_copy.officers["S001"], now=NOON
        )
    for hour in HOURS:
        await walk.to(hour)
    assert await walk.letters("round-announced") == []

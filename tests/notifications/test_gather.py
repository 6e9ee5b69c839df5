"""Errands that come together share a round; one that fails does not take the others along."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from services.kernel.ids import new_id
from services.notifications.delivery.gather import Gatherer
from services.notifications.delivery.steps import Errand, Step, Wait

GOOD, BAD = new_id(), new_id()


class Rounds:
    """Rounds that take a moment, and fail whenever the bad school is among them."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    async def __call__(self, errands: Sequence[Errand]) -> list[Step]:
        await asyncio.sleep(0.01)
        self.sizes.append(len(errands))
        if any(errand.school_id == BAD for errand in errands):
            raise RuntimeError("this one cannot be read")
        return [Wait(timedelta(seconds=n)) for n in range(len(errands))]


def errand(school_id: UUID = GOOD) -> Errand:
    return Errand(school_id, new_id())


async def test_a_lone_errand_waits_for_nobody_and_those_behind_it_go_together() -> None:
    rounds = Rounds()
    gatherer = Gatherer(rounds, lambda _: None)
    first = asyncio.ensure_future(gatherer.step(errand()))
    await asyncio.sleep(0)
    await asyncio.gather(first, *(gatherer.step(errand()) for _ in range(150)))
    assert rounds.sizes[0] <= 100
    assert sum(rounds.sizes) == 151
    assert len(rounds.sizes) <= 3


async def test_a_bad_errand_fails_alone() -> None:
    rounds = Rounds()
    gatherer = Gatherer(rounds, lambda _: None)
    told = await asyncio.gather(
        gatherer.step(errand()),
        gatherer.step(errand(BAD)),
        gatherer.step(errand()),
        return_exceptions=True,
    )
    assert [type(one) for one in told] == [Wait, RuntimeError, Wait]


async def test_an_errand_whose_job_was_cancelled_is_named_as_abandoned() -> None:
    abandoned: list[Step] = []
    gatherer = Gatherer(Rounds(), abandoned.append)
    cancelled = asyncio.ensure_future(gatherer.step(errand()))
    waiting = asyncio.ensure_future(gatherer.step(errand()))
    await asyncio.sleep(0)
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    assert await waiting == Wait(timedelta(seconds=1))
    assert abandoned == [Wait(timedelta(seconds=0))]

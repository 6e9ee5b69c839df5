"""Let errands that come at the same moment share one transaction: a school's arrivals cost a few, not thousands."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from services.kernel.log import get_logger
from services.notifications.delivery.steps import Errand, Step

MOST_ERRANDS = 100


class AdvanceRound(Protocol):
    """One round over a batch, in a transaction of its own; it raises or has committed."""

    async def __call__(self, errands: Sequence[Errand]) -> list[Step]:
        """Return each errand's step, in their order."""
        ...


class Gatherer:
    """Collects errands while a round is under way; the next round takes them all.

    Nobody waits for company: a lone errand begins at once. If a round fails, each of its errands is tried alone,
    so that one cannot fail the others. ``abandoned`` hears of the step of an errand that nobody waits for any more.
    """

    def __init__(self, advance: AdvanceRound, abandoned: Callable[[Step], None]) -> None:
        self._advance = advance
        self._abandoned = abandoned
        self._waiting: list[tuple[Errand, asyncio.Future[Step]]] = []
        self._rounds: asyncio.Task[None] | None = None

    async def step(self, errand: Errand) -> Step:
        """Return what became of the errand once that is committed."""
        ticket: asyncio.Future[Step] = asyncio.get_running_loop().create_future()
        self._waiting.append((errand, ticket))
        if self._rounds is None or self._rounds.done():
            self._rounds = asyncio.create_task(self._go_round())
        return await ticket

    async def _go_round(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_ERRANDS], self._waiting[MOST_ERRANDS:]
            try:
                await self._serve(batch)
            except Exception:  # noqa: BLE001 - whatever one errand did, the others must not suffer
                get_logger().warning("delivery.round_failed", count=len(batch))
                for alone in batch:
                    await self._serve_alone(alone)

    async def _serve(self, batch: Sequence[tuple[Errand, asyncio.Future[Step]]]) -> None:
        steps = await self._advance([errand for errand, _ in batch])
        for (_, ticket), step in zip(batch, steps, strict=True):
            if ticket.done():
                self._abandoned(step)
            else:
                ticket.set_result(step)

    async def _serve_alone(self, alone: tuple[Errand, asyncio.Future[Step]]) -> None:
        try:
            await self._serve([alone])
        except Exception as fault:  # noqa: BLE001 - its own job hears of it, whatever it was
            if not alone[1].done():
                alone[1].set_exception(fault)

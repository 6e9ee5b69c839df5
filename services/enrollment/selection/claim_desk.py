"""Where a process' claims line up: all that came while one transaction ran share the next."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from uuid import UUID

from services.enrollment.selection.answer_claims import Answered, AskedClaim, answer_claims
from services.enrollment.selection.claim_places import Given
from services.enrollment.selection.errors import QueueTooLong, StillInLine
from services.kernel.clock import Clock
from services.kernel.database.transaction import Database
from services.kernel.log import get_logger
from services.kernel.problems import Refusal

MOST_AT_ONCE = 500
PATIENCE_SECONDS = 4.0
"""Nobody is let into a line that would take longer (real time): better told at once to come again."""
LONGEST_SECONDS = 8.0
"""Where the estimate was wrong: after so long (real time) who waits is told to look again with the same key."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    asked: AskedClaim
    answer: asyncio.Future[Answered | Refusal]


@dataclass(slots=True)
class _Line:
    """One school's claims, and how long a transaction takes: the last one, and the one that runs."""

    waiting: deque[_Waiting] = field(default_factory=deque)
    took: float = 0.0
    began: float = field(default_factory=monotonic)

    def seconds_to_wait(self) -> float:
        """Estimate how long a newcomer waits (real time)."""
        one = max(self.took, monotonic() - self.began)
        return one * (1 + len(self.waiting) / MOST_AT_ONCE)


class ClaimDesk:
    """Answers claims in the order of their arrival, school by school, one transaction of a school at a time.

    No claim waits for company: while a transaction runs the next ones gather by themselves, the more the greater
    the crowd (docs/decisions/0018-claims-of-a-moment-share-a-transaction.md).
    """

    def __init__(self, database: Database, clock: Clock, written: Callable[[Given], bytes]) -> None:
        self._database = database
        self._clock = clock
        self._written = written
        self._lines: dict[UUID, _Line] = {}
        self._serving: set[asyncio.Task[None]] = set()

    def now(self) -> datetime:
        """Return the domain's instant: a claim notes when it came."""
        return self._clock.now()

    async def ask(self, school_id: UUID, asked: AskedClaim) -> Answered | Refusal:
        """Line up and wait for the answer; who stops waiting is served all the same, and finds it by the key.

        Raises:
            QueueTooLong: more are before than can be answered in time; nothing was asked.
            StillInLine: it takes too long; it will be done.
        """
        loop = asyncio.get_running_loop()
        waiting = _Waiting(asked, loop.create_future())
        if (line := self._lines.get(school_id)) is None:
            line = self._lines[school_id] = _Line(deque([waiting]))
            task = asyncio.create_task(self._serve(school_id, line))
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        elif line.seconds_to_wait() > PATIENCE_SECONDS:
            raise QueueTooLong(retry_after_seconds=round(PATIENCE_SECONDS))
        else:
            line.waiting.append(waiting)
        impatient = loop.call_later(LONGEST_SECONDS, _still_in_line, waiting)
        try:
            return await waiting.answer
        finally:
            impatient.cancel()

    async def _serve(self, school_id: UUID, line: _Line) -> None:
        """Work until nobody waits; the next claim opens a new line."""
        try:
            while line.waiting:
                line.began, batch = monotonic(), _next_batch(line.waiting)
                try:
                    await self._together(school_id, batch)
                except Exception as fault:  # noqa: BLE001 - it must not meet those who only stood beside it
                    get_logger().warning("claims.apart", claims=len(batch), fault=type(fault).__name__)
                    await self._one_by_one(school_id, batch)
                line.took = monotonic() - line.began
        finally:
            del self._lines[school_id]

    async def _together(self, school_id: UUID, batch: list[_Waiting]) -> None:
        async with self._database.transaction([school_id]) as tx:
            answers = await answer_claims(
                tx,
                school_id,
                [one.asked for one in batch],
                written=self._written,
                now=self.now(),
            )
        for one, answer in zip(batch, answers, strict=True):
            if not one.answer.done():
                one.answer.set_result(answer)

    async def _one_by_one(self, school_id: UUID, batch: list[_Waiting]) -> None:
        for one in batch:
            try:
                await self._together(school_id, [one])
            except Exception as fault:  # noqa: BLE001 - told to the one whom it concerns
                if not one.answer.done():
                    one.answer.set_exception(fault)


def _still_in_line(waiting: _Waiting) -> None:
    if not waiting.answer.done():
        waiting.answer.set_exception(StillInLine(retry_after_seconds=round(PATIENCE_SECONDS)))


def _next_batch(waiting: deque[_Waiting]) -> list[_Waiting]:
    """Take the first who wait, in order; a key that is among them already waits for what becomes of it."""
    batch: list[_Waiting] = []
    keys: set[tuple[UUID, str, str]] = set()
    while waiting and len(batch) < MOST_AT_ONCE:
        once = waiting[0].asked.once
        key = (once.account_id, once.route, once.key)
        if key in keys:
            break
        keys.add(key)
        batch.append(waiting.popleft())
    return batch

"""Where a process' claims line up: all that came while one transaction ran share the next."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
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
"""Nobody is made to wait longer (real time): better told at once to come again."""
LONGEST_SECONDS = 8.0
"""Where the estimate was wrong: after so long (real time) who waits is told to look again with the same key."""
FIRST_PACE = 0.002
"""Seconds a claim is thought to take before any was measured."""
STEADINESS = 0.8
"""How much of the pace thought so far stays when a batch was measured."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    asked: AskedClaim
    answer: asyncio.Future[Answered | Refusal]


class ClaimDesk:
    """Answers claims in the order of their arrival, school by school, one transaction of a school at a time.

    No claim waits for company: while a transaction runs the next ones gather by themselves, the more the greater
    the crowd (docs/decisions/0018-claims-of-a-moment-share-a-transaction.md).
    """

    def __init__(self, database: Database, clock: Clock, written: Callable[[Given], bytes]) -> None:
        self._database = database
        self._clock = clock
        self._written = written
        self._lines: dict[UUID, deque[_Waiting]] = {}
        self._serving: dict[UUID, asyncio.Task[None]] = {}
        self._pace = FIRST_PACE

    async def ask(self, school_id: UUID, asked: AskedClaim) -> Answered | Refusal:
        """Line up and wait for the answer; who stops waiting is served all the same, and finds it by the key.

        Raises:
            QueueTooLong: more are before than can be answered in time; nothing was asked.
            StillInLine: it takes too long; it will be done.
        """
        line = self._lines.setdefault(school_id, deque())
        if len(line) * self._pace > PATIENCE_SECONDS:
            raise QueueTooLong(retry_after_seconds=round(PATIENCE_SECONDS))
        waiting = _Waiting(asked, asyncio.get_running_loop().create_future())
        line.append(waiting)
        if school_id not in self._serving:
            self._serving[school_id] = asyncio.create_task(self._serve(school_id, line))
        try:
            return await asyncio.wait_for(asyncio.shield(waiting.answer), LONGEST_SECONDS)
        except TimeoutError:
            raise StillInLine(retry_after_seconds=round(PATIENCE_SECONDS)) from None

    async def _serve(self, school_id: UUID, line: deque[_Waiting]) -> None:
        try:
            while line:
                began, batch = asyncio.get_running_loop().time(), _next_batch(line)
                try:
                    await self._together(school_id, batch)
                except Exception:  # noqa: BLE001 - whatever it was, it must not meet those who only stood beside it
                    get_logger().exception("claims.apart", claims=len(batch))
                    await self._one_by_one(school_id, batch)
                took = (asyncio.get_running_loop().time() - began) / len(batch)
                self._pace = STEADINESS * self._pace + (1 - STEADINESS) * took
        finally:
            del self._serving[school_id]
            if not line:
                self._lines.pop(school_id, None)

    async def _together(self, school_id: UUID, batch: list[_Waiting]) -> None:
        async with self._database.transaction([school_id]) as tx:
            answers = await answer_claims(
                tx,
                school_id,
                [one.asked for one in batch],
                written=self._written,
                now=self._clock.now(),
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


def _next_batch(line: deque[_Waiting]) -> list[_Waiting]:
    """Take the first of the line, in order; a key that is among them already waits for what becomes of it."""
    batch: list[_Waiting] = []
    keys: set[tuple[UUID, str, str]] = set()
    while line and len(batch) < MOST_AT_ONCE:
        once = line[0].asked.once
        key = (once.account_id, once.route, once.key)
        if key in keys:
            break
        keys.add(key)
        batch.append(line.popleft())
    return batch

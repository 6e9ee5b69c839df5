"""How fast does the day run? The platform's clock is slowed down while the phones are behind it."""

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path

from services.kernel.clock import FileClock, at_school_time, local_hhmm, set_pace

LOOK_SECONDS = 0.05
"""How often the pace is looked at (real time)."""
BEHIND = timedelta(seconds=60)
"""So far (domain time) phones may be behind their plan before the clock slows down."""
FAR_BEHIND = timedelta(minutes=4)
"""So much further, and it crawls."""
CRAWL = 0.25
"""The slowest pace: the clock never stands still."""


class Pace:
    """The driver's hand on the platform's clock file. Instants are UTC; planned times are the school's wall clock.

    Between ``usual`` and `CRAWL` x real time, whatever the two cores manage: a day on a slow machine takes longer,
    and goes the same way.
    """

    def __init__(self, file: Path, day: date, *, usual: float) -> None:
        self.day = day
        self._file = file
        self._clock = FileClock(file)
        self._usual = usual
        self._rate = 1.0
        self._running = False
        self._order = count()
        self._waiting: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._in_hand: dict[int, datetime] = {}
        self._bounds: dict[int, datetime] = {}

    @property
    def rate(self) -> float:
        """The pace in force."""
        return self._rate

    def now(self) -> datetime:
        """Return the domain's instant."""
        return self._clock.now()

    def shown(self) -> str:
        """Return what the school's wall clock shows."""
        return local_hhmm(self.now())

    def at(self, hhmm: str, *, minutes: float = 0) -> datetime:
        """Return the instant of a wall-clock time on the day, ``minutes`` later."""
        return at_school_time(self.day, time.fromisoformat(hhmm)) + timedelta(minutes=minutes)

    def show(self, instant: datetime, *, rate: float = 1.0) -> None:
        """Set the platform's clock."""
        self._rate = rate
        set_pace(self._file, origin=instant, rate=rate)

    async def until(self, instant: datetime) -> None:
        """Wait until the domain's clock shows ``instant``."""
        if instant <= self.now():
            return
        arrived: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (instant, next(self._order), arrived))
        await arrived

    @asynccontextmanager
    async def planned(self, instant: datetime) -> AsyncIterator[None]:
        """Wait for ``instant``, then count what is done inside as late from that instant on."""
        await self.until(instant)
        ticket = next(self._order)
        self._in_hand[ticket] = instant
        try:
            yield
        finally:
            del self._in_hand[ticket]

    @asynccontextmanager
    async def before(self, instant: datetime) -> AsyncIterator[None]:
        """Keep the clock from reaching ``instant`` until what is inside is done."""
        ticket = next(self._order)
        self._bounds[ticket] = instant
        try:
            yield
        finally:
            del self._bounds[ticket]

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Let the day run, and the clock stand at a walking pace again afterwards."""
        keeper = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper
            self.show(self.now())

    async def _keep(self) -> None:
        while True:
            now = self.now()
            while self._waiting and self._waiting[0][0] <= now:
                arrived = heapq.heappop(self._waiting)[2]
                if not arrived.done():
                    arrived.set_result(None)
            wanted = self._wanted(now)
            if not 0.87 < wanted / self._rate < 1.15:
                self.show(now, rate=wanted)
            await asyncio.sleep(LOOK_SECONDS)

    def _wanted(self, now: datetime) -> float:
        """Return the pace for the next moment: the further behind, the slower, and ever slower towards a bound."""
        behind = now - min(self._in_hand.values(), default=now)
        wanted = self._usual * (1 - (behind - BEHIND) / FAR_BEHIND if behind > BEHIND else 1)
        if self._bounds:
            # What is left would take a second: the bound is approached and never reached.
            wanted = min(wanted, (min(self._bounds.values()) - now).total_seconds())
        return max(CRAWL, min(self._usual, wanted))

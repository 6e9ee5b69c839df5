"""Many ask for the newest state of one thing at once: they share a look at it instead of taking one each."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable
from itertools import count
from typing import Generic, TypeVar

Subject = TypeVar("Subject", bound=Hashable)


class SharedLook(Generic[Subject]):
    """Takes one look at a subject at a time; a look serves everybody who asked before it began.

    For jobs like a roster's pull: hundreds of letters that say "it changed" need one pull that begins after the
    last of them. Without it each of them pulls, they overtake each other, and each that lost pulls again.
    """

    def __init__(self, look: Callable[[Subject], Awaitable[None]]) -> None:
        self._look = look
        self._order = count()
        self._turns: defaultdict[Subject, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._begun: dict[Subject, int] = {}

    async def __call__(self, subject: Subject) -> None:
        """Return when a look that began after this call has ended; raises what the own look raised."""
        asked = next(self._order)
        async with self._turns[subject]:
            if self._begun.get(subject, -1) > asked:
                return
            self._begun[subject] = next(self._order)
            try:
                await self._look(subject)
            except BaseException:
                # It served nobody: whoever waits behind it takes a look of its own.
                del self._begun[subject]
                raise

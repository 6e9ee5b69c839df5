"""Start programs wave by wave, keep them running, and stop them in the opposite order."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Iterable
from operator import attrgetter
from pathlib import Path

from services.cli.platform.await_ready import READY_SECONDS, await_ready
from services.cli.platform.follow_logs import LogFollower
from services.cli.platform.program import Program
from services.cli.platform.run_child import GRACE_SECONDS, Child


class Supervisor:
    """Keeps a set of programs running. Use it on the main thread's event loop: children die with their starter."""

    def __init__(self, programs: Iterable[Program], logs: Path, notice: Callable[[str], None]) -> None:
        ordered = sorted(programs, key=attrgetter("wave"))
        self._follower = LogFollower(logs, notice)
        self._following: asyncio.Task[None] | None = None
        self.children = {one.name: Child(one, logs / f"{one.name}.log", notice) for one in ordered}

    async def start(self, *, patience_seconds: float = READY_SECONDS) -> None:
        """Start all; return when all are ready.

        Raises:
            Unable: one is not; whatever had been started is stopped again.
        """
        self._follower.set_aside()
        self._following = asyncio.create_task(self._follower.run())
        try:
            for wave in self._waves():
                await asyncio.gather(*(child.start() for child in wave))
                await asyncio.gather(
                    *(await_ready(child, patience_seconds=patience_seconds) for child in wave)
                )
        except BaseException:
            await self.stop(grace_seconds=1)
            raise

    async def stop(self, *, grace_seconds: float = GRACE_SECONDS) -> None:
        """Stop all, the last wave first; each may finish what it has in hand."""
        for wave in reversed(self._waves()):
            await asyncio.gather(*(child.stop(grace_seconds) for child in wave))
        if self._following is not None:
            self._following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._following

    def kill(self, name: str) -> None:
        """End one process as a crash would; it comes back by itself."""
        self.children[name].kill()

    async def ready_again(self, name: str) -> None:
        """Wait until the successor of a killed process is ready."""
        child = self.children[name]
        await child.running.wait()
        await await_ready(child)

    def _waves(self) -> list[list[Child]]:
        by_wave = itertools.groupby(self.children.values(), key=lambda child: child.program.wave)
        return [list(wave) for _, wave in by_wave]

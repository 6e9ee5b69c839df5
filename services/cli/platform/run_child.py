"""Start one process, start it again when it dies, stop it in order."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from services.cli.platform.program import Program
from services.kernel import die_with_parent

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 15.0
"""Back-off between two starts; doubles each time."""
HEALTHY_SECONDS = 30.0
"""A process that lived this long begins at the first delay again."""
GRACE_SECONDS = 20.0
"""How long a process may take to finish what it has in hand."""


class Child:
    """One program and whichever process runs it now.

    The process is killed with us, however we end: what it had in hand is rolled back by the database, and nothing
    is left behind. It has a session of its own, since a terminal's Ctrl-C must reach only us, who stop all in order.
    """

    def __init__(self, program: Program, log: Path, notice: Callable[[str], None]) -> None:
        self.program = program
        self.log = log
        self.starts = 0
        self.running = asyncio.Event()
        """Cleared by a death, set by the next start."""
        self._notice = notice
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def pid(self) -> int | None:
        """The running process; None while there is none."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def start(self) -> None:
        """Start the process and, from now on, keep it running."""
        await self._spawn()
        self._keeper = asyncio.create_task(self._keep())

    def kill(self) -> None:
        """End the process as a crash would (SIGKILL); it is started again after the back-off."""
        if (pid := self.pid) is not None:
            self.running.clear()
            os.kill(pid, signal.SIGKILL)

    async def stop(self, grace_seconds: float = GRACE_SECONDS) -> None:
        """Ask the process to finish and leave; after ``grace_seconds`` it is killed."""
        self._stopping = True
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), grace_seconds)
            except TimeoutError:
                self._notice(f"{self.program.name} did not finish within {grace_seconds:g} s and was killed")
                self.kill()
                await process.wait()
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper

    def last_words(self, lines: int = 1) -> str:
        """Return the end of the log, for a message about a process that would not start."""
        try:
            said = [line for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        except OSError:
            said = []
        return "\n".join(said[-lines:])[-2000:].removeprefix("kehou: ").rstrip(".") or "it said nothing"

    async def _spawn(self) -> None:
        bound = (
            (sys.executable, "-I", "-S", die_with_parent.__file__, str(int(signal.SIGKILL)), str(os.getpid()))
            if sys.platform == "linux"
            else ()
        )
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *bound,
                *self.program.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.program.environment),
                start_new_session=True,
            )
        self.starts += 1
        self.running.set()

    async def _keep(self) -> None:
        delay = FIRST_DELAY_SECONDS
        while True:
            began = time.monotonic()
            assert self._process is not None  # noqa: S101 - `start` spawned it
            code = await self._process.wait()
            if self._stopping:
                return
            self.running.clear()
            if time.monotonic() - began > HEALTHY_SECONDS:
                delay = FIRST_DELAY_SECONDS
            ended = f"signal {signal.Signals(-code).name}" if code < 0 else self.last_words()
            self._notice(f"{self.program.name} ended ({ended}); starting it again in {delay:g} s")
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY_SECONDS)
            await self._spawn()

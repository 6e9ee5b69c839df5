"""A service's worker: delivers its letters, runs its jobs, watches its timers."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial

import asyncpg
from pgqueuer.db import AsyncpgPoolDriver
from pgqueuer.errors import FailingListenerError, RetryRequested
from pgqueuer.models import Job
from pgqueuer.qm import QueueManager
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode

from services.kernel.jobs import JobHandler, RetryLater, backoff
from services.kernel.letters.announce import LETTERS
from services.kernel.letters.deliver import Postman
from services.kernel.log import get_logger
from services.kernel.resources import Resources
from services.kernel.timers import TimerHandler, TimerRunner

HEARTBEAT = timedelta(seconds=6)
"""A job whose worker gave no sign for this long (real time) is taken over by another."""


class Worker:
    """What a worker process runs; journeys pump the same object by hand."""

    def __init__(
        self,
        resources: Resources,
        *,
        readers: tuple[str, ...],
        jobs: Mapping[str, JobHandler] | None = None,
        timers: Mapping[str, TimerHandler] | None = None,
    ) -> None:
        postman = Postman(resources.database, {reader: resources.remote(reader) for reader in readers})
        self._url = resources.database.url.replace("postgresql+asyncpg", "postgresql").partition("?")[0]
        self._jobs: dict[str, JobHandler] = {LETTERS: postman.carry, **(jobs or {})}
        self._timers = TimerRunner(resources.database, resources.clock, timers or {})

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop``, then finish what is in hand."""
        timers = asyncio.create_task(self._timers.run(stop))
        while not stop.is_set():
            try:
                await self._run_jobs(stop)
            except (
                OSError,
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
                FailingListenerError,
                RuntimeError,
            ):
                # The database restarted under us, or is too busy to answer. The rows are safe; connect again.
                get_logger().exception("worker.jobs_interrupted")
                await asyncio.sleep(1)
        await timers

    async def pump(self, *, within: float = 30) -> int:
        """Run due timers and all waiting jobs; returns how many timers ran. For journeys.

        Raises:
            TimeoutError: after ``within`` seconds (real) jobs still wait: one of them fails again and again.
        """
        ran = await self._timers.run_due()
        async with asyncio.timeout(within), AsyncExitStack() as stack:
            manager = await self._manager(stack)
            await manager.run(
                mode=QueueExecutionMode.drain,
                dequeue_timeout=timedelta(seconds=0.05),
                batch_size=50,
                heartbeat_timeout=HEARTBEAT,
                log_aggregation_interval=timedelta(0),
            )
        return ran

    async def _run_jobs(self, stop: asyncio.Event) -> None:
        async with AsyncExitStack() as stack:
            manager = await self._manager(stack)
            stopping = asyncio.create_task(stop.wait())
            stopping.add_done_callback(lambda _: manager.shutdown.set())
            try:
                await manager.run(
                    dequeue_timeout=timedelta(seconds=2),
                    batch_size=50,
                    heartbeat_timeout=HEARTBEAT,
                    shutdown_on_listener_failure=True,
                )
            finally:
                stopping.cancel()

    async def _manager(self, stack: AsyncExitStack) -> QueueManager:
        pool = await stack.enter_async_context(
            asyncpg.create_pool(self._url, min_size=2, max_size=4, ssl=False, reset=_as_it_is)
        )
        manager = _Manager(Queries(AsyncpgPoolDriver(pool)))
        for name, handler in self._jobs.items():
            manager.entrypoint(name)(partial(_call, handler))
        return manager


async def _as_it_is(_: object) -> None:
    """Give a connection back without a word: PgQueuer leaves nothing behind on one, and asks often."""


class _Manager(QueueManager):
    """PgQueuer starts to probe its listener before it listens: a first probe that is lost would end it."""

    async def _run_periodic_health_check(self, interval: timedelta = timedelta(seconds=10)) -> None:
        await asyncio.sleep(interval.total_seconds())
        await super()._run_periodic_health_check(interval)


async def _call(handler: JobHandler, job: Job) -> None:
    """Translate between PgQueuer's words and the kernel's.

    An unexpected fault is tried again, ever slower: a job is a promise, and only its handler may declare it dead.
    """
    try:
        await handler(job.payload or b"", job.attempts)
    except RetryLater as later:
        raise RetryRequested(later.after, str(later)) from later
    except Exception as fault:
        get_logger().exception("job.failed", entrypoint=job.entrypoint, attempt=job.attempts)
        raise RetryRequested(backoff(job.attempts), repr(fault)[:200]) from fault

"""Work to be done after a commit: PgQueuer jobs, written in the command's own transaction."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.database.transaction import raw

JobHandler = Callable[[bytes, int], Awaitable[None]]
"""Called with the job's payload and how often it was tried before (0 at first). It may be called twice for one
job (a worker was killed after the work, before the note of it), so it must bear that."""


class RetryLater(Exception):  # noqa: N818 - a request, not a fault
    """Raised by a handler: call me again after this length of real time."""

    def __init__(self, after: timedelta, reason: str = "") -> None:
        super().__init__(reason)
        self.after = after


_WAITING = text(
    "SELECT 1 FROM pgqueuer WHERE status = 'queued' AND entrypoint = :entrypoint AND payload = :payload"
    " AND execute_after <= now() LIMIT 1"
)


def backoff(attempt: int, *, first: float = 0.5, most: float = 300.0) -> timedelta:
    """Return how long to wait after the ``attempt``-th failure (0 = the first): doubling, capped, in real time."""
    return timedelta(seconds=min(first * 2.0 ** min(attempt, 20), most))


async def enqueue(
    tx: AsyncSession, entrypoint: str, payloads: Sequence[bytes], *, delay: timedelta = timedelta()
) -> None:
    """Ask the worker to call ``entrypoint`` once per payload, if and when this transaction commits.

    The connection is borrowed only after a statement ran on it (`raw` checks), so a rollback takes the jobs
    along. ``delay`` is real time.
    """
    if not payloads:
        return
    queries = Queries(AsyncpgDriver(await raw(tx)))
    await queries.enqueue(
        [entrypoint] * len(payloads),
        list(payloads),
        [0] * len(payloads),
        execute_after=[delay] * len(payloads),
    )


async def enqueue_unless_waiting(tx: AsyncSession, entrypoint: str, payload: bytes) -> None:
    """Ask for a job that looks at the newest state of things, unless one that nobody has begun waits already.

    A waiting job begins after this look at the queue, so it sees whatever made the caller ask. One that is
    running may have looked too early, and one that backs off would come too late: both get company.
    """
    if await tx.scalar(_WAITING, {"entrypoint": entrypoint, "payload": payload}) is None:
        await enqueue(tx, entrypoint, [payload])

"""A service's own copy of a school's roster: how it follows enrollment, is compared with it, and is made anew."""

import asyncio
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.internal.enrollment import RosterPage
from services.contracts.internal.roster_copies import CopyComparison, ListComparison
from services.kernel.clock import Clock
from services.kernel.database.transaction import Database
from services.kernel.jobs import RetryLater, backoff
from services.kernel.problems import NeighbourSilent
from services.kernel.share_look import SharedLook

ROWS_OF_A_PAGE = 2_000
LONGEST_WAIT_SECONDS = 30.0
"""A silent owner is asked again, ever slower; nothing is lost."""
LOOKS = 6
"""How often a comparison waits for a copy that is just being pulled."""
LOOK_AGAIN = timedelta(seconds=0.5)
"""Real time."""

_LISTS = {
    "terms": ("term_id",),
    "children": ("child_id",),
    "staff": ("staff_id",),
    "rooms": ("room_id",),
    "guardians": ("guardian_id",),
    "guardianships": ("child_id", "guardian_id"),
    "collectors": ("collector_id",),
    "blocked": ("blocked_id",),
    "self_release": ("child_id",),
    "offerings": ("offering_id",),
    "places": ("place_id",),
}
"""What makes a row of each list one and the same on two pages."""


class RosterSource(Protocol):
    """Where pages come from: `services.clients.enrollment.EnrollmentClient`."""

    async def roster_page(self, school_id: UUID, *, since: int, limit: int) -> RosterPage:
        """Return what changed after ``since``."""
        ...


class RosterCopy(Protocol):
    """What a service does with pages; each call runs in a transaction with the school in its scope."""

    async def hold(self, tx: AsyncSession, school_id: UUID) -> int | None:
        """Return the copied version, and let nobody move it before the end; None: nothing was copied yet."""
        ...

    async def take(self, tx: AsyncSession, page: RosterPage) -> bool:
        """Write a page; False when it does not follow on what is here."""
        ...

    async def settle(
        self, tx: AsyncSession, school_id: UUID, page: RosterPage | None, *, now: datetime
    ) -> None:
        """Do what a copy that is up to date allows; ``page`` is the last one, None when nothing was new."""
        ...

    async def compare(self, tx: AsyncSession, whole: RosterPage) -> list[ListComparison]:
        """Return how each list stands beside what ``whole`` would make of an empty copy."""
        ...

    async def renew(self, tx: AsyncSession, whole: RosterPage) -> None:
        """Write ``whole``, and let go of what is not in it."""
        ...


class FollowRoster:
    """The worker's job: pull what came after the own version. Its payload is a school's id (16 bytes)."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        source: RosterSource,
        copy: RosterCopy,
        *,
        gather: timedelta = timedelta(),
    ) -> None:
        """``gather``: real time that a pull waits for company."""
        self._database = database
        self._clock = clock
        self._source = source
        self._copy = copy
        self._gather = gather
        self._shared = SharedLook(self._pull)

    async def __call__(self, payload: bytes, attempt: int) -> None:
        """Pull one school's pages until there are no more; no transaction is open while enrollment is asked."""
        await asyncio.sleep(self._gather.total_seconds())
        try:
            await self._shared(UUID(bytes=payload))
        except NeighbourSilent as silence:
            raise RetryLater(backoff(attempt, most=LONGEST_WAIT_SECONDS), str(silence)) from silence

    async def _pull(self, school_id: UUID) -> None:
        while await self._pull_page(school_id):
            pass

    async def _pull_page(self, school_id: UUID) -> bool:
        """Take one page; tell whether there may be another."""
        async with self._database.transaction([school_id]) as tx:
            since = await self._copy.hold(tx, school_id)
        page = await self._source.roster_page(school_id, since=since or 0, limit=ROWS_OF_A_PAGE)
        news = page if since is None or page.version > since else None
        async with self._database.transaction([school_id]) as tx:
            if news and not await self._copy.take(tx, page):
                return True  # another worker was faster: look again from where it left
            if not page.more:
                await self._copy.settle(tx, school_id, news, now=self._clock.now())
        return page.more


async def whole_roster(source: RosterSource, school_id: UUID) -> RosterPage:
    """Return everything of a school as one page from the beginning, also what was removed.

    Pages are asked for one after another: what changes meanwhile comes once more on a later page, and the newer
    row stands, so the whole is the state at its ``version``.
    """
    rows: dict[str, dict[tuple[UUID, ...], object]] = {name: {} for name in _LISTS}
    since, more = 0, True
    while more:
        page = await source.roster_page(school_id, since=since, limit=ROWS_OF_A_PAGE)
        for name, key in _LISTS.items():
            rows[name] |= {tuple(getattr(row, one) for one in key): row for row in getattr(page, name)}
        since, more = page.version, page.more
    return page.model_copy(
        update={"since": 0, **{name: list(found.values()) for name, found in rows.items()}}
    )


async def compare_copy(
    database: Database, source: RosterSource, copy: RosterCopy, school_id: UUID
) -> CopyComparison:
    """Hold the copy beside a copy from scratch; one that is being pulled is waited for a little.

    Raises:
        NeighbourSilent: enrollment does not answer.
        RemoteRefusal: enrollment does not know the school.
    """
    whole = await whole_roster(source, school_id)
    await _wait_for(database, copy, whole)
    while True:
        async with database.transaction([school_id]) as tx:
            copied = await copy.hold(tx, school_id)
            if copied is None or copied <= whole.version:
                return _compared(whole, copied, await copy.compare(tx, whole))
        whole = await whole_roster(source, school_id)  # a pull went past what was read


async def _wait_for(database: Database, copy: RosterCopy, whole: RosterPage) -> None:
    """Give a pull that is under way a moment to end; a copy of nothing waits for no pull."""
    school_id = whole.school.school_id
    for _ in range(LOOKS):
        async with database.transaction([school_id]) as tx:
            copied = await copy.hold(tx, school_id)
        if copied is None or copied >= whole.version:
            return
        await asyncio.sleep(LOOK_AGAIN.total_seconds())


async def rebuild_copy(
    database: Database, clock: Clock, source: RosterSource, copy: RosterCopy, school_id: UUID
) -> CopyComparison:
    """Make the copy anew from scratch, in one transaction; returns how it stood before.

    Whoever reads the copy meanwhile sees the old one until the new one is there. What is not of the roster
    (ledger, messages, a school's settings) is not touched.
    """
    while True:
        whole = await whole_roster(source, school_id)
        async with database.transaction([school_id]) as tx:
            copied = await copy.hold(tx, school_id)
            if copied is not None and copied > whole.version:
                continue  # a pull went past what was read
            found = await copy.compare(tx, whole)
            await copy.renew(tx, whole)
            await copy.settle(tx, school_id, whole, now=clock.now())
            return _compared(whole, copied, found)


def _compared(whole: RosterPage, copied: int | None, lists: list[ListComparison]) -> CopyComparison:
    return CopyComparison(school_id=whole.school.school_id, version=whole.version, copied=copied, lists=lists)

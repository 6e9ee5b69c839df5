"""Follow a school's roster: pull from enrollment whatever came after our own copy's version."""

import asyncio
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.dismissal.lay_out_day import lay_out_day, note_version
from services.attendance.dismissal.wake_daily import wake_daily
from services.attendance.roster.apply_roster_page import apply_roster_page
from services.contracts.internal.enrollment import RosterPage
from services.kernel.clock import Clock, school_day
from services.kernel.database.transaction import Database
from services.kernel.jobs import RetryLater, backoff
from services.kernel.problems import NeighbourSilent
from services.kernel.share_look import SharedLook

PULL = "pull_roster"
"""The worker's entrypoint; its payload is the school's id."""
ROWS_A_PAGE = 2000
GATHER_SECONDS = 0.25
"""Real time that a pull waits for company: hundreds of families who choose at once make a few pulls a second."""


class RosterSource(Protocol):
    """Where pages come from: `services.clients.enrollment.EnrollmentClient`."""

    async def roster_page(self, school_id: UUID, *, since: int, limit: int) -> RosterPage:
        """Return what changed after ``since``."""
        ...


class PullRoster:
    """The job. While enrollment is silent it comes back later; our own copy serves meanwhile."""

    def __init__(self, database: Database, clock: Clock, source: RosterSource) -> None:
        self._database = database
        self._clock = clock
        self._source = source
        self._shared = SharedLook(self._pull)

    async def __call__(self, payload: bytes, attempt: int) -> None:
        """Pull one school's pages until there are no more; no transaction is open while enrollment is asked."""
        school_id = UUID(bytes=payload)
        await asyncio.sleep(GATHER_SECONDS)
        try:
            await self._shared(school_id)
        except NeighbourSilent as fault:
            raise RetryLater(backoff(attempt), str(fault)) from fault

    async def _pull(self, school_id: UUID) -> None:
        while await self._pull_page(school_id):
            pass

    async def _pull_page(self, school_id: UUID) -> bool:
        """Take one page; tell whether there may be another."""
        async with self._database.transaction([school_id]) as tx:
            since = await _version(tx, school_id)
        page = await self._source.roster_page(school_id, since=since or 0, limit=ROWS_A_PAGE)
        if since is not None and page.version <= since:
            return False
        async with self._database.transaction([school_id]) as tx:
            if not await apply_roster_page(tx, page):
                return True  # another worker was faster: look again from where it left
            if not page.more:
                await _follow(tx, page, now=self._clock.now())
        return page.more


async def _follow(tx: AsyncSession, page: RosterPage, *, now: datetime) -> None:
    """Bring today into line, unless the page says nothing that a day is made of."""
    school_id, today = page.school.school_id, school_day(now)
    await wake_daily(tx, school_id, now=now)
    told = page.terms or page.offerings or page.places or any(child.removed for child in page.children)
    if told or not await note_version(tx, school_id, today, since=page.since, version=page.version):
        await lay_out_day(tx, school_id, today, now=now)


async def _version(tx: AsyncSession, school_id: UUID) -> int | None:
    version: int | None = await tx.scalar(
        text("SELECT roster_version FROM school WHERE school_id = :school_id"), {"school_id": school_id}
    )
    return version

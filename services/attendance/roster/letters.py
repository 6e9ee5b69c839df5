"""What the roster hears: that it changed at enrollment."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.roster.pull_roster import PULL
from services.contracts.facts.enrollment import RosterChanged
from services.kernel.jobs import enqueue_unless_waiting
from services.kernel.letters.envelope import Hears


async def on_roster_changed(tx: AsyncSession, facts: Sequence[RosterChanged], *, now: datetime) -> None:  # noqa: ARG001 - every handler takes it
    """Ask the worker to pull each school that changed, once for however many letters."""
    for school_id in sorted({fact.school_id for fact in facts}):
        await enqueue_unless_waiting(tx, PULL, school_id.bytes)


HEARS = [Hears(RosterChanged, on_roster_changed)]

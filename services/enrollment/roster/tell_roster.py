"""Tell those who keep a copy that a roster changed: once for all changes of a moment."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.facts.enrollment import RosterChanged
from services.kernel.letters.announce import announce
from services.kernel.timers import Due, set_timer

TELL = "tell_roster"
_NEWEST = text("SELECT version FROM school_version WHERE school_id = :school_id")


async def soon_tell_roster(tx: AsyncSession, school_id: UUID, *, now: datetime) -> None:
    """Have the worker tell it, if and when this transaction commits.

    A letter for each of a thousand families who choose in the same minute would cost more than their choices. One
    timer a school stands for all of them; a change that comes while it runs waits for it and sets the next.
    """
    await set_timer(tx, school_id=school_id, kind=TELL, subject=school_id, due_at=now, facts={})


async def on_tell_roster(tx: AsyncSession, due: Due, *, now: datetime) -> None:
    """Announce the newest version: whoever set the timer has committed by now."""
    version = await tx.scalar(_NEWEST, {"school_id": due.school_id})
    await announce(tx, RosterChanged(school_id=due.school_id, version=int(version or 0), at=now), now=now)


TIMERS = {TELL: on_tell_roster}

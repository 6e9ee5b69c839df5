"""Tell those who keep a copy that a roster changed: once for all changes of a moment."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.facts.enrollment import RosterChanged
from services.kernel.letters.announce import announce
from services.kernel.timers import Due, set_timer

TELL = "tell_roster"
ARRANGE_CARE = "arrange_care"
"""Timers of `selection.arrange_due_care`, which tells the roster when it is done."""

_NEWEST = text("SELECT version FROM school_version WHERE school_id = :school_id")
_CARE_FIRST = text(
    "SELECT EXISTS (SELECT FROM timer WHERE school_id = :school_id AND kind = :kind AND tries = 0)"
)


async def soon_tell_roster(tx: AsyncSession, school_id: UUID, *, now: datetime) -> None:
    """Have the worker tell it, if and when this transaction commits.

    A letter for each of a thousand families who choose in the same minute would cost more than their choices. One
    timer a school stands for all of them; a change that comes while it runs waits for it and sets the next.
    """
    await set_timer(tx, school_id=school_id, kind=TELL, subject=school_id, due_at=now, facts={})


async def on_tell_roster(tx: AsyncSession, due: Due, *, now: datetime) -> None:
    """Announce the newest version, unless care is about to be arranged: that tells it when children's days fit.

    Nothing is locked here: whoever changes the school waits for this timer's row. Care that could not be arranged
    at the first try keeps nobody else's news back.
    """
    if not await tx.scalar(_CARE_FIRST, {"school_id": due.school_id, "kind": ARRANGE_CARE}):
        await tell_roster(tx, due.school_id, now=now)


async def tell_roster(tx: AsyncSession, school_id: UUID, *, now: datetime) -> None:
    """Announce the newest version that is committed, or is this transaction's own."""
    version = await tx.scalar(_NEWEST, {"school_id": school_id})
    await announce(tx, RosterChanged(school_id=school_id, version=int(version or 0), at=now), now=now)


TIMERS = {TELL: on_tell_roster}

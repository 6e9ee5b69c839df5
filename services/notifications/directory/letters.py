"""What the directory hears: that a roster or an account changed. The data itself is pulled by the worker."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.facts.enrollment import RosterChanged
from services.contracts.facts.gateway import AccountBound
from services.kernel.jobs import enqueue, enqueue_unless_waiting
from services.kernel.letters.envelope import Hears
from services.notifications.directory.copy_roster import copied_version

PULL_ROSTER = "pull_roster"
"""Job; its payload is a school's id (16 bytes)."""
PULL_ACCOUNT = "pull_account"
"""Job; its payload is the `AccountBound` fact as JSON: the schools in it are the scope."""


async def on_roster_changed(tx: AsyncSession, facts: Sequence[RosterChanged], *, now: datetime) -> None:
    """Have each school pulled once, if the news is newer than the copy."""
    del now
    newest = {fact.school_id: fact.version for fact in sorted(facts, key=lambda fact: fact.version)}
    for school_id, version in newest.items():
        if await copied_version(tx, school_id) < version:
            await enqueue_unless_waiting(tx, PULL_ROSTER, school_id.bytes)


async def on_account_bound(tx: AsyncSession, facts: Sequence[AccountBound], *, now: datetime) -> None:
    """Have each account pulled once."""
    del now
    newest = {fact.account_id: fact for fact in facts}
    await enqueue(tx, PULL_ACCOUNT, [fact.model_dump_json().encode() for fact in newest.values()])


HEARS = [Hears(RosterChanged, on_roster_changed), Hears(AccountBound, on_account_bound)]

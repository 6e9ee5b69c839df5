"""What attendance and enrollment tell, and that it is passed on to the people it concerns."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.facts.attendance import ChildMoved
from services.contracts.wire import Fact
from services.kernel.jobs import enqueue_unless_waiting
from services.kernel.letters.envelope import Hears
from services.notifications.directory.letters import PULL_ROSTER
from services.notifications.messages.switch_moves import schools_telling_moves
from services.notifications.messages.tell import tell
from services.notifications.messages.tellings import TELLINGS, tellings_of


async def on_something_to_tell(tx: AsyncSession, facts: Sequence[Fact], *, now: datetime) -> None:
    """Write the messages of a run of facts. Where somebody is unknown, the roster may be newer: pull it."""
    unknown = await tell(tx, [one for fact in facts for one in tellings_of(fact)], now=now)
    for school_id in {telling.school_id for telling in unknown if telling.kind != "missing_cleared"}:
        await enqueue_unless_waiting(tx, PULL_ROSTER, school_id.bytes)


async def on_child_moved(tx: AsyncSession, facts: Sequence[ChildMoved], *, now: datetime) -> None:
    """Pass on the walks between rooms of those schools that wish it: hundreds an afternoon, off by default."""
    wishing = await schools_telling_moves(tx, {fact.school_id for fact in facts})
    await on_something_to_tell(tx, [fact for fact in facts if fact.school_id in wishing], now=now)


HEARS = [
    Hears(ChildMoved, on_child_moved),
    *(Hears(fact, on_something_to_tell) for fact in TELLINGS if fact is not ChildMoved),
]

"""Withdraw an offering (取消开班) from a day on: its places end, its children fall back to care."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.menu.errors import OfferingWithdrawn, PlacesMovedMeanwhile
from services.enrollment.menu.offering_under_lock import offering_under_lock
from services.enrollment.menu.tables import Offering
from services.enrollment.roster.take_version import take_version
from services.enrollment.selection.effective_day import effective_day
from services.enrollment.selection.end_places import end_places
from services.enrollment.selection.lock_children import lock_children
from services.enrollment.waiting.moot_entries import moot_entries
from services.kernel.clock import at_school_time, school_day
from services.kernel.timers import Due, set_timer

LAST_DAY_OVER = "last_day_over"
"""A withdrawn offering has met for the last time. Subject: the offering."""

_PLACES = text(
    "SELECT place_id, child_id FROM place WHERE school_id = :school_id AND offering_id = :offering_id"
    " AND (until_on IS NULL OR until_on > greatest(from_on, CAST(:since AS date)))"
)
_WAITING = text(
    "SELECT child_id FROM waiting_entry WHERE school_id = :school_id AND offering_id = :offering_id"
    " AND state IN ('waiting', 'offered')"
)
_FORGET_CHANGE = text(
    "DELETE FROM offering_change WHERE school_id = :school_id AND offering_id = :offering_id"
)


async def withdraw_offering(
    tx: AsyncSession,
    school_id: UUID,
    offering_id: UUID,
    *,
    from_on: date | None,
    reason: str,
    now: datetime,
) -> Offering:
    """Withdraw it; ``from_on`` (default: today) is the first day on which it does not meet.

    From now on nobody can choose it. Places end on that day and families are told; who waits does not any more.
    Until then it meets as before. What was published about it stays.

    Raises:
        UnknownOffering, OfferingWithdrawn: there is none, or none any more.
        DateNotPossible, NoTerm: the day is past, or in no term.
        PlacesMovedMeanwhile: a family chose it at the same moment.
    """
    children = await _children(tx, school_id, offering_id, since=school_day(now))
    await lock_children(tx, school_id, children)
    offering = await offering_under_lock(tx, school_id, offering_id)
    if offering.state in ("withdrawn", "refused"):
        raise OfferingWithdrawn(offering=offering.title)
    if offering.state != "published":
        offering.state, offering.ended_because = "withdrawn", reason
        await tx.flush()
        return offering
    if not await _children(tx, school_id, offering_id, since=school_day(now)) <= children:
        raise PlacesMovedMeanwhile
    since = await effective_day(tx, school_id, from_on, now=now)
    facts = {"school_id": school_id, "offering_id": offering_id, "since": since}
    places = [row.place_id for row in await tx.execute(_PLACES, facts)]
    await moot_entries(tx, school_id, offerings=[offering_id], now=now)
    offering.version = await take_version(tx, school_id, now=now)
    offering.state, offering.ended_because = "withdrawn", reason
    if since > school_day(now):
        offering.meets_until = since
        await set_timer(
            tx,
            school_id=school_id,
            kind=LAST_DAY_OVER,
            subject=offering_id,
            due_at=at_school_time(since, time()),
            facts={},
        )
    await tx.flush()
    await tx.execute(_FORGET_CHANGE, facts)
    await end_places(tx, school_id, places, until=since, reason="withdrawn", now=now)
    return offering


async def on_last_day_over(tx: AsyncSession, due: Due, *, now: datetime) -> None:
    """Let those who keep a copy know that the offering does not meet any more."""
    offering = await offering_under_lock(tx, due.school_id, due.subject)
    offering.meets_until = None
    offering.version = await take_version(tx, due.school_id, now=now)
    await tx.flush()


async def _children(tx: AsyncSession, school_id: UUID, offering_id: UUID, *, since: date) -> set[UUID]:
    facts = {"school_id": school_id, "offering_id": offering_id, "since": since}
    holding = {row.child_id for row in await tx.execute(_PLACES, facts)}
    return holding | set(await tx.scalars(_WAITING, facts))


TIMERS = {LAST_DAY_OVER: on_last_day_over}

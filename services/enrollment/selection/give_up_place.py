"""Leave an offering on any day (R25); basic care takes the hours back where the family asked for it."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.calendar.lay_calendar import days_of
from services.enrollment.schools.current_term import current_term
from services.enrollment.selection.effective_day import effective_day
from services.enrollment.selection.end_places import end_places
from services.enrollment.selection.errors import CareIsAskedFor, UnknownPlace
from services.enrollment.selection.lock_children import lock_children
from services.enrollment.selection.rules.session_begun import Meeting, has_begun
from services.enrollment.selection.tables import Place
from services.kernel.clock import school_day
from services.kernel.problems import NotYours

_CHILD = text("SELECT child_id FROM place WHERE school_id = :school_id AND place_id = :place_id")
_READ = text(
    "SELECT p.from_on, p.until_on, p.weekdays, o.basic, o.title, o.starts"
    "  FROM place p JOIN offering o USING (school_id, offering_id)"
    " WHERE p.school_id = :school_id AND p.place_id = :place_id FOR NO KEY UPDATE OF p"
)


async def give_up_place(
    tx: AsyncSession,
    school_id: UUID,
    place_id: UUID,
    *,
    guardian_id: UUID,
    until_on: date | None = None,
    now: datetime,
) -> Place:
    """End a place: ``until_on`` (default: today) is the first day without it; the place returned says which it is.

    Where today's session has begun, the child is in somebody's custody: the place ends with the day instead, and
    attendance's hand-over is not touched.

    Raises:
        NotYours: no such place, or that of somebody else's child.
        UnknownPlace: it has ended already.
        CareIsAskedFor: basic care is ended by asking for less of it.
        DateNotPossible: ``until_on`` lies in the past.
    """
    facts = {"school_id": school_id, "place_id": place_id}
    child_id = await tx.scalar(_CHILD, facts)
    if child_id is None:
        raise NotYours
    children = await lock_children(tx, school_id, [child_id])
    children.check(child_id, guardian_id)
    row = (await tx.execute(_READ, facts)).one()
    if row.basic:
        raise CareIsAskedFor(offering=row.title)
    until = await effective_day(tx, school_id, until_on, now=now)
    meeting = Meeting(row.from_on, row.until_on, tuple(row.weekdays), row.starts)
    today = school_day(now)
    if until == today and has_begun(meeting, runs_as=await _runs_as(tx, school_id, today), now=now):
        until = today + timedelta(days=1)
    if row.until_on is not None and row.until_on <= until:
        raise UnknownPlace
    await end_places(tx, school_id, [place_id], until=until, reason="given_up", now=now)
    place = await tx.get(Place, (school_id, place_id), populate_existing=True)
    if place is None:
        raise UnknownPlace
    return place


async def _runs_as(tx: AsyncSession, school_id: UUID, on: date) -> int | None:
    term = await current_term(tx, school_id, on=on)
    return next((day.runs_as for day in days_of(term) if day.on == on), None)

"""Leave an offering on any day (R25); basic care takes the hours back where the family asked for it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.roster.take_version import take_version
from services.enrollment.selection.arrange_care import arrange_care
from services.enrollment.selection.effective_day import effective_day
from services.enrollment.selection.errors import CareIsAskedFor, UnknownPlace
from services.enrollment.selection.lock_children import lock_children
from services.enrollment.selection.tables import Place

_CHILD = text("SELECT child_id FROM place WHERE school_id = :school_id AND place_id = :place_id")
_READ = text(
    "SELECT p.until_on, o.basic, o.title FROM place p JOIN offering o USING (school_id, offering_id)"
    " WHERE p.school_id = :school_id AND p.place_id = :place_id FOR NO KEY UPDATE OF p"
)
_END = text(
    "UPDATE place SET until_on = greatest(from_on, CAST(:until AS date)), version = :version"
    " WHERE school_id = :school_id AND place_id = :place_id"
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
    """End a place: ``until_on`` (default: today) is the first day without it.

    Raises:
        UnknownPlace: no such place, or it has ended already.
        NotYours: a child of somebody else.
        CareIsAskedFor: basic care is ended by asking for less of it.
    """
    facts = {"school_id": school_id, "place_id": place_id}
    child_id = await tx.scalar(_CHILD, facts)
    if child_id is None:
        raise UnknownPlace
    children = await lock_children(tx, school_id, [child_id])
    children.check(child_id, guardian_id)
    row = (await tx.execute(_READ, facts)).one()
    until = await effective_day(tx, school_id, until_on, now=now)
    if row.until_on is not None and row.until_on <= until:
        raise UnknownPlace
    if row.basic:
        raise CareIsAskedFor(offering=row.title)
    version = await take_version(tx, school_id, now=now)
    await tx.execute(_END, {**facts, "until": until, "version": version})
    await arrange_care(tx, school_id, children, since=until, now=now)
    place = await tx.get(Place, (school_id, place_id), populate_existing=True)
    if place is None:
        raise UnknownPlace
    return place

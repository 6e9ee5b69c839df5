"""What the policy says about a term's dates, days and the time of its menu."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.calendar.lay_calendar import days_of
from services.enrollment.calendar.rules.term_objections import holiday_opening, menu_late, weekend_owed
from services.enrollment.menu.rules.objection import Objection
from services.enrollment.policy import Policy
from services.enrollment.schools.tables import Term

_OFFERED = text(
    "SELECT DISTINCT unnest(weekdays) FROM offering"
    " WHERE school_id = :school_id AND term_id = :term_id AND state IN ('draft', 'published')"
)
_PUBLISHED = text(
    "SELECT EXISTS (SELECT FROM menu_publication WHERE school_id = :school_id AND term_id = :term_id)"
)


async def term_findings(
    tx: AsyncSession, term: Term, *, policy: Policy, today: date, offered: Collection[int] | None = None
) -> list[Objection]:
    """Judge a term: R13 its length, R08 its weekends, R14 its menu's publication.

    ``offered`` are the weekdays of the menu that shall be; none: of the menu on file. Weekends are judged once
    there is a menu, and only from ``today`` on: what is over cannot be served any more.
    """
    facts = {"school_id": term.school_id, "term_id": term.term_id}
    days = days_of(term)
    found = list(holiday_opening(term.kind, days, policy))
    weekdays = set(await tx.scalars(_OFFERED, facts)) if offered is None else set(offered)
    if weekdays:
        found += weekend_owed([day for day in days if day.on >= today], weekdays)
    if not await tx.scalar(_PUBLISHED, facts):
        found += menu_late(term.starts_on, today)
    return found

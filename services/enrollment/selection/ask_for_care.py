"""A family asks for basic care: these weekdays, until this time. Everybody gets it (R03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.selection.arrange_care import arrange_care
from services.enrollment.selection.effective_day import effective_day
from services.enrollment.selection.lock_children import lock_children

WORKDAYS = (1, 2, 3, 4, 5)
FULL_DAY = time(18, 30)

_WISH = text(
    "INSERT INTO care_wish (school_id, child_id, weekdays, until, asked_by, asked_at)"
    " VALUES (:school_id, :child_id, :weekdays, :until, :asked_by, :asked_at)"
    " ON CONFLICT (school_id, child_id) DO UPDATE SET weekdays = excluded.weekdays, until = excluded.until,"
    " asked_by = excluded.asked_by, asked_at = excluded.asked_at"
)


@dataclass(frozen=True)
class CareAsked:
    """What one family asks for one child; no weekdays at all end its care."""

    child_id: UUID
    weekdays: Sequence[int] = WORKDAYS
    until: time = FULL_DAY


async def ask_for_care(
    tx: AsyncSession,
    school_id: UUID,
    asked: Sequence[CareAsked],
    *,
    guardian_id: UUID,
    from_on: date | None = None,
    now: datetime,
) -> int:
    """Replace what was asked before, from ``from_on`` (default: today) on; returns how many places began.

    Clubs keep their hours: the child is expected there and not in care (`rules.care_week`).

    Raises:
        NotYours: a child of somebody else.
        NoRightToChoose: a guardian without that right.
        DateNotPossible: ``from_on`` lies in the past.
    """
    children = await lock_children(tx, school_id, [one.child_id for one in asked])
    for one in asked:
        children.check(one.child_id, guardian_id)
    since = await effective_day(tx, school_id, from_on, now=now)
    await tx.execute(
        _WISH,
        [
            {
                "school_id": school_id,
                "child_id": one.child_id,
                "weekdays": sorted(set(one.weekdays)),
                "until": one.until,
                "asked_by": guardian_id,
                "asked_at": now,
            }
            for one in asked
        ],
    )
    return await arrange_care(tx, school_id, children, since=since, now=now)

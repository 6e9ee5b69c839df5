"""What supervision hears: days that attendance closed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.facts.attendance import DayClosed
from services.kernel.letters.envelope import Hears

# A day that was closed again after a correction brings newer figures.
_KEEP = text(
    "INSERT INTO closed_day (school_id, service_on, expected, received, released, absent, excused, late, closed_at)"
    " VALUES (:school_id, :service_on, :expected, :received, :released, :absent, :excused, :late, :at)"
    " ON CONFLICT (school_id, service_on) DO UPDATE SET expected = excluded.expected,"
    " received = excluded.received, released = excluded.released, absent = excluded.absent,"
    " excused = excluded.excused, late = excluded.late, closed_at = excluded.closed_at"
    " WHERE closed_day.closed_at <= excluded.closed_at"
)


async def on_day_closed(tx: AsyncSession, facts: Sequence[DayClosed], *, now: datetime) -> None:  # noqa: ARG001 - an ear's signature
    """Keep each closed day's figures; the newest word counts."""
    await tx.execute(_KEEP, [fact.model_dump(exclude={"kind"}) for fact in facts])


HEARS = [Hears(DayClosed, on_day_closed)]

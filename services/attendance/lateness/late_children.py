"""Who is late today? For those who wait with them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.database.transaction import raw

LATE = """
SELECT case_id, late_case.child_id, child.name AS child, child.grade, child.class_name, late_since, paused_until,
    ended_at, stay.adult_id, adult.name AS adult, room.name AS room, next_step_at,
    (SELECT count(*) FROM late_step AS step WHERE step.school_id = $1 AND step.service_on = $2
        AND step.case_id = late_case.case_id) AS steps_climbed
  FROM late_case
  JOIN stay USING (school_id, service_on, child_id, turn)
  JOIN child USING (school_id, child_id)
  LEFT JOIN adult ON adult.school_id = $1 AND adult.adult_id = stay.adult_id
  LEFT JOIN room ON room.school_id = $1 AND room.room_id = stay.room_id
 WHERE late_case.school_id = $1 AND late_case.service_on = $2 AND (ended_at IS NULL OR NOT $3::bool)
 ORDER BY ended_at IS NOT NULL, late_since, child.name
"""


@dataclass(frozen=True, slots=True)
class LateCaseRow:
    """One case; ``ended_at`` None: the child is still here."""

    case_id: UUID
    child_id: UUID
    child: str
    grade: int
    class_name: str
    late_since: datetime
    paused_until: datetime | None
    ended_at: datetime | None
    adult_id: UUID | None
    adult: str | None
    room: str | None
    next_step_at: datetime | None
    steps_climbed: int


async def late_children(
    tx: AsyncSession, school_id: UUID, service_on: date, *, open_only: bool = False
) -> list[LateCaseRow]:
    """Return the day's cases, open ones first, the longest waiting at the top."""
    rows = await (await raw(tx)).fetch(LATE, school_id, service_on, open_only)
    return [LateCaseRow(*row) for row in rows]

"""Which children were, or are, missing on a day?"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.database.transaction import raw

CASES = """
SELECT case_id, missing_case.child_id, child.name AS child, child.grade, child.class_name, session.name AS session,
       raised_at, told_at, cleared_at, cleared_by, reason, giver.name AS last_adult
  FROM missing_case
  JOIN child ON child.school_id = $1 AND child.child_id = missing_case.child_id
  JOIN stay ON stay.school_id = $1 AND stay.service_on = $2 AND stay.child_id = missing_case.child_id
       AND stay.turn = missing_case.turn
  LEFT JOIN session ON session.school_id = $1 AND session.service_on = $2
       AND session.session_id = missing_case.session_id
  LEFT JOIN adult AS giver ON giver.school_id = $1 AND giver.adult_id = stay.adult_id
 WHERE missing_case.school_id = $1 AND missing_case.service_on = $2 AND (cleared_at IS NULL OR NOT $3::bool)
 ORDER BY cleared_at IS NOT NULL, raised_at, child.student_no
"""


async def missing_children(
    tx: AsyncSession, school_id: UUID, service_on: date, *, only_open: bool
) -> list[dict[str, Any]]:
    """Return the day's cases, open ones first, the oldest before the younger."""
    rows = await (await raw(tx)).fetch(CASES, school_id, service_on, only_open)
    return [dict(row) for row in rows]

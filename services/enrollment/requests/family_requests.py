"""Which requests were carried out, for whom, and who wrote them down?"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

MOST = 200

_REQUESTS = (
    "SELECT r.*, c.name AS child, g.name AS guardian, st.name AS staff, s.name AS school FROM family_request r"
    "  JOIN school s USING (school_id)"
    "  JOIN child c USING (school_id, child_id)"
    "  JOIN guardian g USING (school_id, guardian_id)"
    "  LEFT JOIN staff st USING (school_id, staff_id)"
)
_NEWEST = " ORDER BY r.recorded_at DESC, r.request_id DESC LIMIT :most"
_OF_SCHOOL = text(
    _REQUESTS
    + " WHERE r.school_id = :school_id AND (CAST(:child_id AS uuid) IS NULL OR r.child_id = :child_id)"
    "   AND (CAST(:homeroom_of AS uuid) IS NULL OR EXISTS (SELECT FROM staff h"
    "     WHERE h.school_id = r.school_id AND h.staff_id = :homeroom_of AND h.homeroom_grade = c.grade"
    "       AND h.homeroom_class = c.class_name))" + _NEWEST
)
_OWN = text(
    _REQUESTS
    + " JOIN unnest(CAST(:schools AS uuid[]), CAST(:people AS uuid[])) AS me (school_id, guardian_id)"
    "   USING (school_id, guardian_id)" + _NEWEST
)


async def requests_at_school(
    tx: AsyncSession, school_id: UUID, *, child_id: UUID | None = None, homeroom_of: UUID | None = None
) -> Sequence[RowMapping]:
    """Return up to 200 requests, newest first: of a child, of a teacher's own class, or of the whole school."""
    facts = {"school_id": school_id, "child_id": child_id, "homeroom_of": homeroom_of, "most": MOST}
    return (await tx.execute(_OF_SCHOOL, facts)).mappings().all()


async def own_requests(tx: AsyncSession, people: Mapping[UUID, UUID]) -> Sequence[RowMapping]:
    """Return what was done in a guardian's name, newest first; ``people``: school -> guardian id."""
    facts = {"schools": list(people), "people": list(people.values()), "most": MOST}
    return (await tx.execute(_OWN, facts)).mappings().all()

"""At which of the caller's schools are these children?"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.roster.errors import ChildrenOfTwoSchools
from services.kernel.database.transaction import raw
from services.kernel.problems import NotYours

SCHOOLS = """
SELECT DISTINCT school_id FROM child
 WHERE school_id = ANY($1::uuid[]) AND child_id = ANY($2::uuid[]) AND NOT removed
"""


async def school_of_children(
    tx: AsyncSession, schools: Collection[UUID], child_ids: Collection[UUID]
) -> UUID:
    """Return the one school of ``schools`` that all these children go to.

    Raises:
        NotYours: none of the caller's schools knows them.
        ChildrenOfTwoSchools: one request is about one school.
    """
    rows = await (await raw(tx)).fetch(SCHOOLS, list(schools), list(child_ids))
    if not rows:
        raise NotYours
    if len(rows) > 1:
        raise ChildrenOfTwoSchools
    found: UUID = rows[0]["school_id"]
    return found

"""Who on a school's staff has this phone?"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.schools.tables import Staff


async def staff_by_phone(tx: AsyncSession, school_id: UUID, phone_index: bytes) -> Staff | None:
    """Return the member of staff behind a blind index, if any works there now."""
    found = await tx.execute(
        select(Staff).where(
            col(Staff.school_id) == school_id,
            col(Staff.phone_index) == phone_index,
            col(Staff.removed).is_(False),
        )
    )
    return found.scalar_one_or_none()

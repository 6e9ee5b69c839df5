"""Which timings are in force for a school?"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.roster.settings import SchoolSettings, settings_from
from services.kernel.database.transaction import raw

STORED = "SELECT settings::text FROM school WHERE school_id = $1"


async def school_settings(tx: AsyncSession, school_id: UUID) -> SchoolSettings:
    """Return a school's own timings, defaults where it set none (or is not known yet)."""
    stored = await (await raw(tx)).fetchval(STORED, school_id)
    return settings_from(stored or "{}")

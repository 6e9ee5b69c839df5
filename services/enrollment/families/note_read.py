"""Note who of the staff looked at something that few may see."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.families.tables import SensitiveRead
from services.kernel.ids import new_id

What = Literal["health", "priority", "blocked", "export", "phone"]


async def note_read(
    tx: AsyncSession, school_id: UUID, what: What, *, of: UUID | None, by: UUID, now: datetime
) -> None:
    """Write that ``by`` (staff) read ``what`` of a child, or of the whole school; in the reading transaction."""
    tx.add(
        SensitiveRead(school_id=school_id, read_id=new_id(), child_id=of, what=what, staff_id=by, read_at=now)
    )
    await tx.flush()

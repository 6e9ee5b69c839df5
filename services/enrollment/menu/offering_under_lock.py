"""An offering that is about to be changed."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.menu.errors import UnknownOffering
from services.enrollment.menu.tables import Offering


async def offering_under_lock(tx: AsyncSession, school_id: UUID, offering_id: UUID) -> Offering:
    """Lock one offering, after the children whose places it is about; raises UnknownOffering."""
    found = await tx.execute(
        select(Offering)
        .where(col(Offering.school_id) == school_id, col(Offering.offering_id) == offering_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    offering = found.scalar_one_or_none()
    if offering is None:
        raise UnknownOffering
    return offering

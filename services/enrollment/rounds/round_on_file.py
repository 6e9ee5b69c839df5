"""A round as it stands, and under lock."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.rounds.errors import UnknownRound
from services.enrollment.rounds.tables import Round


async def round_on_file(tx: AsyncSession, school_id: UUID, round_id: UUID) -> Round:
    """Return a round without a lock; raises UnknownRound."""
    found = await tx.get(Round, (school_id, round_id), populate_existing=True)
    if found is None:
        raise UnknownRound
    return found


async def lock_round(tx: AsyncSession, school_id: UUID, round_id: UUID) -> Round:
    """Lock a round for what happens to it as a whole, and return it as it stands then; raises UnknownRound.

    Whoever writes a list of wishes holds it shared: closing waits for them.
    """
    found = await tx.execute(
        select(Round)
        .where(col(Round.school_id) == school_id, col(Round.round_id) == round_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    told = found.scalar_one_or_none()
    if told is None:
        raise UnknownRound
    return told

"""Close a round: from here on nobody's list can be changed, added or left out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.draw.rules.entries_root import entries_root
from services.enrollment.rounds.round_on_file import lock_round
from services.enrollment.rounds.tables import Round
from services.enrollment.wishes.round_entries import round_entries


async def close_round(tx: AsyncSession, school_id: UUID, round_id: UUID, *, now: datetime) -> Round:
    """Close a round whose hour has come, and fix the root over all its lists; a second time changes nothing.

    Whoever is writing a list holds the round shared and is waited for; who comes later finds it closed.

    Raises:
        UnknownRound: there is no such round.
    """
    told = await lock_round(tx, school_id, round_id)
    if told.cancelled_at is not None or told.closed_at is not None or now < told.closes_at:
        return told
    told.closed_at = now
    if told.kind == "preference":
        told.entries_root = entries_root(await round_entries(tx, school_id, round_id))
    await tx.flush()
    return told

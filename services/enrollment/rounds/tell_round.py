"""Tell families that a round can be seen, was changed, or was cancelled."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.facts.enrollment import RoundAnnounced
from services.enrollment.rounds.tables import Round
from services.kernel.letters.announce import announce


async def tell_round(tx: AsyncSession, told: Round, *, now: datetime) -> None:
    """Announce the round as it stands."""
    await announce(
        tx,
        RoundAnnounced(
            school_id=told.school_id,
            round_id=told.round_id,
            rule=told.kind,
            opens_at=told.opens_at,
            closes_at=told.closes_at,
            results_at=told.results_at,
            cancelled=told.cancelled_at is not None,
            at=now,
        ),
        now=now,
    )

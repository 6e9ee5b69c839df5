"""The timers of a round: what has to be done at its instants. Everything else about it follows from the clock."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.rounds.tables import Round
from services.kernel.timers import set_timer

VISIBLE = "round_visible"
CLOSE = "round_close"
DRAW = "round_draw"
RESULTS = "round_results"

_HOLD = text(
    "SELECT timer_id FROM timer WHERE school_id = :school_id AND subject = :round_id"
    " AND kind = ANY(CAST(:kinds AS text[])) ORDER BY timer_id FOR UPDATE"
)


async def set_round_timers(tx: AsyncSession, told: Round) -> None:
    """Set, or move, when families are told and when the round closes."""
    for kind, due_at in ((VISIBLE, told.visible_from), (CLOSE, told.closes_at)):
        await set_timer(
            tx, school_id=told.school_id, kind=kind, subject=told.round_id, due_at=due_at, facts={}
        )


async def hold_round_timers(tx: AsyncSession, school_id: UUID, round_id: UUID) -> None:
    """Take the timers before the round, as the worker does: who moves a close cannot meet it halfway."""
    await tx.execute(_HOLD, {"school_id": school_id, "round_id": round_id, "kinds": [VISIBLE, CLOSE]})

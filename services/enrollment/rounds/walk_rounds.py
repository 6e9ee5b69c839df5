"""What happens to a round at its instants: families are told, it closes, it is drawn, its results are published.

Each step is a timer's, in a transaction of its own, looks first whether it is done already and sets the next one:
a worker that is killed anywhere goes on where it stood.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.rounds.close_round import close_round
from services.enrollment.rounds.offerings_of_round import offerings_of_round
from services.enrollment.rounds.round_on_file import lock_round
from services.enrollment.rounds.round_timers import CLOSE, RESULTS, VISIBLE
from services.enrollment.rounds.rules.phase import phase_of
from services.enrollment.rounds.tables import Round
from services.enrollment.rounds.tell_round import tell_round
from services.enrollment.waiting.soon_offer_places import soon_offer_places
from services.kernel.timers import Due, set_timer


async def on_visible(tx: AsyncSession, due: Due, *, now: datetime) -> None:
    """Tell families that the round can be seen, or that it was changed since."""
    told = await lock_round(tx, due.school_id, due.subject)
    if told.cancelled_at is None and phase_of(told, now=now) != "hidden":
        await tell_round(tx, told, now=now)


async def on_close(tx: AsyncSession, due: Due, *, now: datetime) -> None:
    """Close; a preference round is drawn at once, whatever its results' hour."""
    told = await close_round(tx, due.school_id, due.subject, now=now)
    if told.cancelled_at is None and told.closed_at is not None:
        await _next(tx, told, RESULTS, told.results_at)


async def on_results(tx: AsyncSession, due: Due, *, now: datetime) -> None:
    """Publish what was drawn; from now on places that are free go to those who wait for them."""
    told = await lock_round(tx, due.school_id, due.subject)
    if told.cancelled_at is not None or told.published_at is not None:
        return
    told.published_at = now
    offerings = await offerings_of_round(tx, told.school_id, told.round_id)
    await soon_offer_places(tx, told.school_id, offerings, due_at=now)


async def _next(tx: AsyncSession, told: Round, kind: str, due_at: datetime) -> None:
    await set_timer(tx, school_id=told.school_id, kind=kind, subject=told.round_id, due_at=due_at, facts={})


TIMERS = {VISIBLE: on_visible, CLOSE: on_close, RESULTS: on_results}

"""What the worker does when a round's hour comes: families are told, it closes, it is drawn, results are published.

Each step is a timer's, in a transaction of its own, looks first whether it is done already and sets the next one:
a worker that is killed anywhere goes on where it stood.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.draw.draw_round import draw_round
from services.enrollment.draw.publish_results import publish_results
from services.enrollment.policy import Policy
from services.enrollment.rounds.close_round import close_round
from services.enrollment.rounds.offerings_of_round import offerings_of_round
from services.enrollment.rounds.round_on_file import lock_round, round_on_file
from services.enrollment.rounds.round_timers import CLOSE, DRAW, RESULTS, VISIBLE
from services.enrollment.rounds.rules.phase import phase_of
from services.enrollment.rounds.tables import Round
from services.enrollment.rounds.tell_round import tell_round
from services.enrollment.waiting.soon_offer_places import soon_offer_places
from services.kernel.cipher import FieldCipher
from services.kernel.timers import Due, TimerHandler, set_timer


def walk_rounds(policy: Policy, open_cipher: Callable[[], FieldCipher]) -> Mapping[str, TimerHandler]:
    """Return the handlers; a draw goes by the jurisdiction's policy and opens the sealed seed."""

    async def on_draw(tx: AsyncSession, due: Due, *, now: datetime) -> None:
        """Draw, and have the results published when they are due."""
        told = await draw_round(tx, due.school_id, due.subject, cipher=open_cipher(), policy=policy, now=now)
        if told.drawn_at is not None:
            await _then(tx, told, RESULTS, told.results_at)

    return {VISIBLE: on_visible, CLOSE: on_close, DRAW: on_draw, RESULTS: on_results}


async def on_visible(tx: AsyncSession, due: Due, *, now: datetime) -> None:
    """Tell families that the round can be seen, or that it was changed since."""
    told = await lock_round(tx, due.school_id, due.subject)
    if told.cancelled_at is None and phase_of(told, now=now) != "hidden":
        await tell_round(tx, told, now=now)


async def on_close(tx: AsyncSession, due: Due, *, now: datetime) -> None:
    """Close; a preference round is drawn at once, so that its results are there when their hour comes."""
    told = await close_round(tx, due.school_id, due.subject, now=now)
    if told.cancelled_at is not None or told.closed_at is None:
        return
    if told.kind == "preference":
        await _then(tx, told, DRAW, now)
    else:
        await _then(tx, told, RESULTS, told.results_at)


async def on_results(tx: AsyncSession, due: Due, *, now: datetime) -> None:
    """Publish what was drawn; from now on places that are free go to those who wait for them.

    The round is not locked here: its publication locks children and offerings before it.
    """
    told = await round_on_file(tx, due.school_id, due.subject)
    if told.cancelled_at is not None:
        return
    if told.kind == "preference":
        await publish_results(tx, told.school_id, told.round_id, now=now)
    else:
        told.published_at = told.published_at or now
    offerings = await offerings_of_round(tx, told.school_id, told.round_id)
    await soon_offer_places(tx, told.school_id, offerings, due_at=now)


async def _then(tx: AsyncSession, told: Round, kind: str, due_at: datetime) -> None:
    await set_timer(tx, school_id=told.school_id, kind=kind, subject=told.round_id, due_at=due_at, facts={})

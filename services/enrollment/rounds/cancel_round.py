"""An officer cancels a round: its offerings are free for another, and nothing of it is drawn."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.rounds.errors import RoundCancelled, RoundIsOver
from services.enrollment.rounds.note_change import note_change
from services.enrollment.rounds.round_on_file import lock_round
from services.enrollment.rounds.rules.phase import phase_of
from services.enrollment.rounds.tables import Round
from services.enrollment.rounds.tell_round import tell_round
from services.enrollment.words import moment_text


async def cancel_round(
    tx: AsyncSession, school_id: UUID, round_id: UUID, *, reason: str, by: UUID, now: datetime
) -> Round:
    """Cancel a round and tell the families who could see it. Places that were claimed in it stay.

    Raises:
        UnknownRound, RoundCancelled: nothing to cancel.
        RoundIsOver: it was drawn; otherwise a school could draw again until it liked the result.
    """
    told = await lock_round(tx, school_id, round_id)
    if told.cancelled_at is not None:
        raise RoundCancelled(round_id=round_id, reason=told.cancel_reason)
    phase = phase_of(told, now=now)
    if phase == "out" or told.drawn_at is not None:
        state = "已经公布结果" if phase == "out" else f"已经抽签，{moment_text(told.results_at)} 公布结果"
        raise RoundIsOver(round_id=round_id, state=state)
    told.cancelled_at, told.cancel_reason = now, reason
    note_change(tx, told, ({}, {"cancelled_at": now}), reason=reason, by=by, now=now)
    if phase != "hidden":
        await tell_round(tx, told, now=now)
    await tx.flush()
    return told

"""Keep what was changed of a round, by whom and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.rounds.tables import Round, RoundChange
from services.kernel.ids import new_id


def note_change(
    tx: AsyncSession,
    told: Round,
    values: tuple[Mapping[str, Any], Mapping[str, Any]],
    *,
    reason: str,
    by: UUID,
    now: datetime,
) -> None:
    """Add a row to the round's history; ``values``: as they were and as they became, by column."""
    was, became = values
    tx.add(
        RoundChange(
            school_id=told.school_id,
            change_id=new_id(),
            round_id=told.round_id,
            reason=reason,
            was=dict(was),
            became=dict(became),
            changed_by=by,
            changed_at=now,
        )
    )

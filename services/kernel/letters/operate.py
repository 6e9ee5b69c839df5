"""What an operator does with letters: see how many wait, read the dead ones, send them again, write them off."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.clock import real_now
from services.kernel.jobs import enqueue
from services.kernel.letters.announce import LETTERS


class LetterFigures(BaseModel):
    """Letters of one service's outbox by state, and how long the oldest waiting batch has waited."""

    announced: int
    delivered: int
    waiting: int
    dead: int
    written_off: int
    received: int


class StuckBatch(BaseModel):
    """A batch that is not with its reader. ``announced_at`` is the domain's clock."""

    batch_id: UUID
    reader: str
    state: str
    count: int
    kinds: list[str]
    tries: int
    fault: str | None
    announced_at: datetime


async def letter_figures(tx: AsyncSession) -> LetterFigures:
    """Count the outbox and the inbox."""
    rows: dict[str, int] = {
        row.state: int(row.letters)
        for row in await tx.execute(text("SELECT state, sum(count) AS letters FROM outgoing GROUP BY state"))
    }
    received = await tx.scalar(text("SELECT count(*) FROM inbox"))
    return LetterFigures(
        announced=sum(rows.values()),
        delivered=rows.get("delivered", 0),
        waiting=rows.get("waiting", 0),
        dead=rows.get("dead", 0),
        written_off=rows.get("written_off", 0),
        received=int(received or 0),
    )


async def stuck_batches(tx: AsyncSession, *, limit: int = 100) -> list[StuckBatch]:
    """Return the oldest batches that are dead, or still waiting after a failed try."""
    rows = await tx.execute(
        text(
            "SELECT batch_id, reader, state, count, tries, fault, announced_at,"
            " ARRAY(SELECT DISTINCT letter->>'kind' FROM jsonb_array_elements(letters) AS letter) AS kinds"
            " FROM outgoing WHERE state = 'dead' OR (state = 'waiting' AND tries > 0)"
            " ORDER BY batch_id LIMIT :limit"
        ),
        {"limit": limit},
    )
    return [StuckBatch.model_validate(row, from_attributes=True) for row in rows]


async def resend(tx: AsyncSession, batch_ids: Sequence[UUID]) -> int:
    """Put dead batches back on their way; returns how many there were."""
    return await _settle(tx, batch_ids, "waiting")


async def write_off(tx: AsyncSession, batch_ids: Sequence[UUID], *, reason: str) -> int:
    """Give dead batches up, with the reason kept beside them."""
    return await _settle(tx, batch_ids, "written_off", reason=reason)


async def _settle(tx: AsyncSession, batch_ids: Sequence[UUID], state: str, reason: str | None = None) -> int:
    facts: dict[str, Any] = {"ids": list(batch_ids), "state": state, "reason": reason, "at": real_now()}
    rows = await tx.execute(
        text(
            "UPDATE outgoing SET state = :state, tries = 0, fault = coalesce(:reason, fault), settled_at = :at"
            " WHERE batch_id = ANY(CAST(:ids AS uuid[])) AND state = 'dead' RETURNING batch_id"
        ),
        facts,
    )
    settled = list(rows.scalars())
    if state == "waiting":
        await enqueue(tx, LETTERS, [batch_id.bytes for batch_id in settled])
    return len(settled)

"""Timers on the domain's clock: rows with ``due_at``, each run in its own transaction, exactly once in effect.

PgQueuer's deferral and cron know only the database's real clock, so what must follow a (faster) platform clock
stands here (decision 5).
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.clock import Clock, real_now
from services.kernel.database.transaction import Database, set_scope
from services.kernel.jobs import backoff
from services.kernel.log import get_logger

POLL_SECONDS = 0.2
"""How often a worker looks for due rows (real time)."""


@dataclass(frozen=True)
class Due:
    """A timer whose hour has come (domain clock). It may run late, never early."""

    school_id: UUID
    kind: str
    subject: UUID
    due_at: datetime
    facts: dict[str, Any]


TimerHandler = Callable[..., Awaitable[None]]
"""``async def (tx, due: Due, *, now: datetime) -> None``, in a transaction whose scope is the timer's school.
It may set the same timer again."""

_SET = text(
    "INSERT INTO timer (school_id, kind, subject, due_at, facts)"
    " VALUES (:school_id, :kind, :subject, :due_at, CAST(:facts AS jsonb))"
    " ON CONFLICT (school_id, kind, subject) DO UPDATE"
    " SET due_at = excluded.due_at, facts = excluded.facts, tries = 0, retry_at = NULL"
)
_CLAIM = text(
    "DELETE FROM timer WHERE timer_id = (SELECT timer_id FROM timer WHERE due_at <= :now"
    " AND (retry_at IS NULL OR retry_at <= :real) AND kind = ANY(CAST(:kinds AS text[]))"
    " ORDER BY due_at, timer_id LIMIT 1 FOR UPDATE SKIP LOCKED)"
    " RETURNING timer_id, school_id, kind, subject, due_at, facts::text AS facts"
)
_POSTPONE = text(
    "UPDATE timer SET tries = tries + 1, retry_at = :retry_at WHERE timer_id = :timer_id RETURNING tries"
)


async def set_timer(
    tx: AsyncSession, *, school_id: UUID, kind: str, subject: UUID, due_at: datetime, facts: Mapping[str, Any]
) -> None:
    """Set, or move, the one timer of this kind for this subject."""
    await set_timers(tx, school_id=school_id, kind=kind, alarms=[(subject, due_at, facts)])


async def set_timers(
    tx: AsyncSession,
    *,
    school_id: UUID,
    kind: str,
    alarms: Sequence[tuple[UUID, datetime, Mapping[str, Any]]],
) -> None:
    """Set many timers of one kind: (subject, due_at, facts)."""
    rows = [
        {
            "school_id": school_id,
            "kind": kind,
            "subject": subject,
            "due_at": due_at,
            "facts": json.dumps(dict(facts), default=str),
        }
        for subject, due_at, facts in alarms
    ]
    if rows:
        await tx.execute(_SET, rows)


class TimerRunner:
    """Runs due timers. Several workers may run at once: a row is claimed by one (SKIP LOCKED)."""

    def __init__(self, database: Database, clock: Clock, handlers: Mapping[str, TimerHandler]) -> None:
        self._database = database
        self._clock = clock
        self._handlers = dict(handlers)

    async def run_due(self, *, limit: int = 1000) -> int:
        """Run what is due now, one transaction each; returns how many ran. A failed one waits and is retried."""
        ran = 0
        while ran < limit and await self._run_one():
            ran += 1
        return ran

    async def run(self, stop: asyncio.Event) -> None:
        """Run due timers until ``stop``."""
        while not stop.is_set():
            try:
                await self.run_due()
            except Exception:  # noqa: BLE001 - the loop must outlive a database restart
                get_logger().exception("timers.failed")
            try:
                await asyncio.wait_for(stop.wait(), POLL_SECONDS)
            except TimeoutError:
                continue

    async def _run_one(self) -> bool:
        now = self._clock.now()
        claimed: int | None = None
        try:
            async with self._database.transaction() as tx:
                row = (
                    await tx.execute(_CLAIM, {"now": now, "real": real_now(), "kinds": list(self._handlers)})
                ).first()
                if row is None:
                    return False
                claimed = row.timer_id
                await set_scope(tx, [row.school_id])
                due = Due(row.school_id, row.kind, row.subject, row.due_at, json.loads(row.facts))
                await self._handlers[row.kind](tx, due, now=now)
        except Exception:
            if claimed is None:
                raise
            get_logger().exception("timer.failed", timer_id=claimed)
            await self._postpone(claimed)
        return True

    async def _postpone(self, timer_id: int) -> None:
        async with self._database.transaction() as tx:
            retry_at = real_now() + backoff(1)
            tries = await tx.scalar(_POSTPONE, {"timer_id": timer_id, "retry_at": retry_at})
            if tries is not None and tries > 1:
                await tx.execute(
                    text("UPDATE timer SET retry_at = :retry_at WHERE timer_id = :timer_id"),
                    {"retry_at": real_now() + backoff(tries), "timer_id": timer_id},
                )

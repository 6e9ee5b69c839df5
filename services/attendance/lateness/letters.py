"""What became of a step's messages? Recorded; if nobody could be reached, the ladder does not wait."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.lateness.climb_ladder import climb_ladder, lock_case
from services.contracts.facts.notifications import MessageSettled
from services.kernel.clock import school_day
from services.kernel.database.transaction import raw
from services.kernel.letters.envelope import Hears

STEP = """
SELECT service_on, case_id, step_no, recipients FROM late_step
 WHERE school_id = $1 AND service_on BETWEEN $2 AND $3 AND case_id = $4 AND $5 = ANY(recipients)
   AND step_no = COALESCE($6, step_no)
 ORDER BY step_no DESC LIMIT 1
"""
"""A sender that does not say which step it was means the newest one that told this person."""

RECEIPT = """
INSERT INTO late_receipt (school_id, service_on, case_id, step_no, recipient_id, outcome, channel, settled_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
"""
FAILED = """
SELECT count(*) FROM late_receipt
 WHERE school_id = $1 AND service_on = $2 AND case_id = $3 AND step_no = $4 AND outcome = 'failed'
"""


async def on_message_settled(tx: AsyncSession, facts: Sequence[MessageSettled], *, now: datetime) -> None:
    """Record what became of each late child's message; messages about anything else are not ours."""
    connection = await raw(tx)
    for fact in facts:
        day = school_day(fact.at)
        step = await connection.fetchrow(
            STEP,
            fact.school_id,
            day - timedelta(days=1),
            day,
            fact.cause_id,
            fact.recipient_id,
            fact.step_no,
        )
        if step is None:
            continue
        key = (fact.school_id, step["service_on"], step["case_id"], step["step_no"])
        await connection.execute(RECEIPT, *key, fact.recipient_id, fact.outcome, fact.channel, fact.at)
        if fact.outcome == "failed":
            await _hurry(tx, fact.school_id, step, now=now)


async def _hurry(tx: AsyncSession, school_id: UUID, step: Any, *, now: datetime) -> None:
    """Climb the step after at once if all of this one's messages failed and nobody is on the way.

    Done here and not by moving the timer: whoever holds a case must not wait for its timer.
    """
    connection = await raw(tx)
    failed = await connection.fetchval(
        FAILED, school_id, step["service_on"], step["case_id"], step["step_no"]
    )
    if failed < len(step["recipients"]):
        return
    case = await lock_case(tx, school_id, step["service_on"], step["case_id"], now=now)
    if case is None or case.next_step != step["step_no"] + 1:
        return
    if case.paused_until is not None and case.paused_until > now:
        return
    if case.next_step_at is not None and case.next_step_at > now:
        await climb_ladder(tx, case, now=now)


HEARS = [Hears(MessageSettled, on_message_settled)]

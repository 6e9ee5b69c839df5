"""Write to the custody ledger: the only file that inserts entries, and the stays that follow from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.rules.take_step import NOTES, HeldStay, Step, take_step
from services.kernel.database.transaction import raw

APPEND = """
WITH line AS (
  INSERT INTO entry (school_id, service_on, recorded_at, entry_id, child_id, turn, number, kind, adult_before,
      adult_after, room_after, session_id, hand_over_id, method, actor_id, device_id, collector_id, corrects,
      reason, occurred_at)
  SELECT $1, $2, $3, entry_id, child_id, turn, number, kind, adult_before, adult_after, room_after, session_id,
      hand_over_id, method, actor_id, device_id, collector_id, corrects, reason, occurred_at
    FROM unnest($4::uuid[], $5::uuid[], $6::int[], $7::int[], $8::text[], $9::uuid[], $10::uuid[], $11::uuid[],
      $12::uuid[], $13::uuid[], $14::text[], $15::uuid[], $16::uuid[], $17::uuid[], $18::uuid[], $19::text[],
      $20::timestamptz[])
      AS new(entry_id, child_id, turn, number, kind, adult_before, adult_after, room_after, session_id,
      hand_over_id, method, actor_id, device_id, collector_id, corrects, reason, occurred_at)
)
UPDATE stay SET state = now.state, adult_id = now.adult_id, room_id = now.room_id, session_id = now.session_id,
    hand_over_id = now.hand_over_id, received = now.received, missing = now.missing,
    last_number = now.last_number, last_at = now.last_at
  FROM unnest($21::uuid[], $22::int[], $23::text[], $24::uuid[], $25::uuid[], $26::uuid[], $27::uuid[],
    $28::bool[], $29::bool[], $30::int[], $31::timestamptz[])
    AS now(child_id, turn, state, adult_id, room_id, session_id, hand_over_id, received, missing, last_number,
    last_at)
 WHERE stay.school_id = $1 AND stay.service_on = $2 AND stay.child_id = now.child_id AND stay.turn = now.turn
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it was written, and the stay it left."""

    step: Step
    before: HeldStay
    after: HeldStay

    @property
    def number(self) -> int:
        """Its number within the stay."""
        return self.after.last_number


async def append_entries(
    tx: AsyncSession,
    stays: Mapping[UUID, HeldStay],
    steps: Sequence[Step],
    *,
    school_id: UUID,
    service_on: date,
    now: datetime,
) -> list[Line]:
    """Write ``steps`` in their order and bring their stays up to date; one statement.

    ``stays`` come from `lock_stays` in this transaction: the lock is what makes numbers gap-free and
    ``adult_before`` true. Several steps of one child follow each other. ``now`` (domain, UTC) is recorded.

    Raises:
        LawBroken: a step that no command may ask for; nothing is written.
        KeyError: a step for a child without a stay.
    """
    lines: list[Line] = []
    newest: dict[UUID, HeldStay] = {}
    for step in steps:
        before = newest.get(step.child_id) or stays[step.child_id]
        after = take_step(before, step)
        newest[step.child_id] = after
        lines.append(Line(step, before, after))
    if lines:
        connection = await raw(tx)
        await connection.execute(
            APPEND, school_id, service_on, now, *_entry_columns(lines), *_stay_columns(list(newest.values()))
        )
    return lines


def _entry_columns(lines: Sequence[Line]) -> tuple[list[object], ...]:
    """Turn lines into columns, in the order of `APPEND`; a note repeats where the child stands."""
    rows = []
    for line in lines:
        step, after = line.step, line.after
        note = step.kind in NOTES
        rows.append(
            (
                step.entry_id,
                step.child_id,
                after.turn,
                after.last_number,
                step.kind,
                line.before.adult_id,
                after.adult_id,
                after.room_id,
                after.session_id if note else step.session_id,
                step.hand_over_id,
                step.method,
                step.actor_id,
                step.device_id,
                step.collector_id,
                step.corrects,
                step.reason,
                step.occurred_at,
            )
        )
    return tuple(list(column) for column in zip(*rows, strict=True))


def _stay_columns(stays: Sequence[HeldStay]) -> tuple[list[object], ...]:
    rows = [
        (
            stay.child_id,
            stay.turn,
            stay.state,
            stay.adult_id,
            stay.room_id,
            stay.session_id,
            stay.hand_over_id,
            stay.received,
            stay.missing,
            stay.last_number,
            stay.last_at,
        )
        for stay in stays
    ]
    return tuple(list(column) for column in zip(*rows, strict=True))

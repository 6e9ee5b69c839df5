"""Write to the custody ledger: the only file that inserts entries, and the stays that follow from them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.custody.rules.take_step import NOTES, HeldStay, Step, take_step
from services.kernel.database.transaction import raw

APPEND = """
WITH told AS MATERIALIZED (
  SELECT * FROM unnest($4::uuid[], $5::uuid[], $6::int[], $7::timestamptz[], $8::timestamptz[], $9::bool[], $10::int[])
           AS new(entry_id, child_id, number, occurred_at, last_at, is_last, shape)
    JOIN unnest($11::int[], $12::text[], $13::uuid[], $14::uuid[], $15::uuid[], $16::uuid[], $17::text[], $18::uuid[],
                $19::uuid[], $20::uuid[], $21::uuid[], $22::text[], $23::text[], $24::uuid[], $25::uuid[], $26::uuid[],
                $27::uuid[], $28::bool[], $29::bool[]) WITH ORDINALITY
           AS alike(turn, kind, adult_before, adult_after, room_after, session_id, method, actor_id, device_id,
                    collector_id, corrects, reason, state, hand_over_id, room_now, session_now, hand_over_now, received,
                    missing, shape) USING (shape)
), line AS (
  INSERT INTO entry (school_id, service_on, recorded_at, entry_id, child_id, turn, number, kind, adult_before,
      adult_after, room_after, session_id, hand_over_id, method, actor_id, device_id, collector_id, corrects, reason,
      occurred_at)
  SELECT $1, $2, $3, entry_id, child_id, turn, number, kind, adult_before, adult_after, room_after, session_id,
      hand_over_id, method, actor_id, device_id, collector_id, corrects, reason, occurred_at FROM told
)
UPDATE stay SET state = told.state, adult_id = told.adult_after, room_id = told.room_now,
    session_id = told.session_now, hand_over_id = told.hand_over_now, received = told.received,
    missing = told.missing, last_number = told.number, last_at = told.last_at
  FROM told
 WHERE is_last AND stay.school_id = $1 AND stay.service_on = $2 AND stay.child_id = told.child_id
   AND stay.turn = told.turn
"""
"""Lines of a batch are much alike (one adult, one session, one offer): what they share travels once. The driver
spends more on forty times twenty-eight values than the server on writing them.
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
        ends = {line.step.child_id: number for number, line in enumerate(lines)}
        await connection.execute(APPEND, school_id, service_on, now, *_columns(lines, set(ends.values())))
    return lines


def _columns(lines: Sequence[Line], ends: Collection[int]) -> list[list[object]]:
    """Turn lines into the columns of `APPEND`: what each has of its own, then what they share."""
    shapes: dict[tuple[object, ...], int] = {}
    own = []
    for number, line in enumerate(lines):
        step, after = line.step, line.after
        shape = shapes.setdefault(_shape(line), len(shapes) + 1)
        own.append(
            (
                step.entry_id,
                step.child_id,
                after.last_number,
                step.occurred_at,
                after.last_at,
                number in ends,
                shape,
            )
        )
    return [list(column) for rows in (own, shapes) for column in zip(*rows, strict=True)]


def _shape(line: Line) -> tuple[object, ...]:
    """Return what a line shares with others; a note repeats where the child stands."""
    step, before, after = line.step, line.before, line.after
    return (
        after.turn,
        step.kind,
        before.adult_id,
        after.adult_id,
        after.room_id,
        after.session_id if step.kind in NOTES else step.session_id,
        step.method,
        step.actor_id,
        step.device_id,
        step.collector_id,
        step.corrects,
        step.reason,
        after.state,
        step.hand_over_id,
        after.room_id,
        after.session_id,
        after.hand_over_id,
        after.received,
        after.missing,
    )

"""Which steps the ledger takes: the three laws, as a function of a locked stay and the step asked for."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

State = Literal["expected", "in_care", "in_transit", "released", "absent", "excused"]
Kind = Literal[
    "received", "moved", "released", "sighted", "missing", "found", "absent", "excused", "corrected"
]
Method = Literal["offer", "card", "tap", "search", "pass", "code", "permission", "timer", "desk"]

IN_CHARGE: frozenset[State] = frozenset({"in_care", "in_transit"})
"""States in which exactly one adult answers for the child (law 1)."""

MOVES: dict[Kind, tuple[frozenset[State], frozenset[State]]] = {
    "received": (frozenset({"expected", "absent", "excused"}), IN_CHARGE),
    "moved": (IN_CHARGE, IN_CHARGE),
    "released": (IN_CHARGE, frozenset({"released"})),
    "absent": (frozenset({"expected", "in_transit", "in_care"}), frozenset({"absent"})),
    "excused": (frozenset({"expected"}), frozenset({"excused"})),
}
"""Kinds that change custody: the states they may start from, and those they may end in."""

NOTES: frozenset[Kind] = frozenset({"sighted", "missing", "found"})
"""Kinds that only say something: adult, place and state stay as they were."""


class LawBroken(RuntimeError):  # noqa: N818 - a law, by its name
    """A command asked the ledger for what no command may ask: a defect of ours, never an answer to a caller."""


@dataclass(frozen=True, slots=True)
class HeldStay:
    """A stay whose row this transaction has locked (or would write next)."""

    child_id: UUID
    turn: int
    state: State
    adult_id: UUID | None
    room_id: UUID | None
    session_id: UUID | None
    hand_over_id: UUID | None
    received: bool
    walk_in: bool
    missing: bool
    due_home_at: datetime
    last_number: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line to be written.

    For a *note* (sighted, missing, found) adult, room, session and state are taken from the stay, whatever
    stands here. ``received`` and ``missing`` change the stay's flags where they are not None.
    ``occurred_at`` is when it happened, by whoever saw it; ``entry_id`` was made there, so a retry meets it.
    """

    entry_id: UUID
    child_id: UUID
    kind: Kind
    method: Method
    occurred_at: datetime
    actor_id: UUID | None
    state_after: State | None = None
    adult_after: UUID | None = None
    room_after: UUID | None = None
    session_id: UUID | None = None
    hand_over_id: UUID | None = None
    device_id: UUID | None = None
    collector_id: UUID | None = None
    corrects: UUID | None = None
    reason: str | None = None
    received: bool | None = None
    missing: bool | None = None


def take_step(stay: HeldStay, step: Step) -> HeldStay:
    """Return the stay after ``step``.

    ``last_at`` moves only with custody and never back: a note about the past does not hide a later move.

    Raises:
        LawBroken: the step would leave a child without an adult, end a stay that no one holds, or correct
            nothing.
    """
    received = stay.received if step.received is None else step.received
    missing = stay.missing if step.missing is None else step.missing
    number = stay.last_number + 1
    if step.kind in NOTES:
        return replace(stay, received=received, missing=missing, last_number=number)
    state = step.state_after
    if state is None or (state in IN_CHARGE) != (step.adult_after is not None):
        raise LawBroken(f"{step.kind} of {step.child_id}: {state} with adult {step.adult_after}")
    if step.kind == "corrected":
        if step.corrects is None or not step.reason or step.actor_id is None:
            raise LawBroken(f"a correction of {step.child_id} names its entry, its reason and its actor")
    else:
        starts, ends = MOVES[step.kind]
        if stay.state not in starts or state not in ends:
            raise LawBroken(f"{step.kind} of {step.child_id}: {stay.state} to {state}")
        if step.method == "timer":
            raise LawBroken(f"a timer never moves, releases or settles a child ({step.child_id})")
    return HeldStay(
        child_id=stay.child_id,
        turn=stay.turn,
        state=state,
        adult_id=step.adult_after,
        room_id=step.room_after if state in IN_CHARGE else None,
        session_id=step.session_id if state in IN_CHARGE else None,
        hand_over_id=step.hand_over_id if state == "in_transit" else None,
        received=received,
        walk_in=stay.walk_in,
        missing=missing,
        due_home_at=stay.due_home_at,
        last_number=number,
        last_at=step.occurred_at if stay.last_at is None else max(stay.last_at, step.occurred_at),
    )

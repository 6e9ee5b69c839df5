"""What does a scan mean? From the locked stay, who scanned, and which session that teacher holds then."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from services.attendance.custody.errors import HomeAlready, InAnothersCare
from services.attendance.custody.rules.take_step import HeldStay, Method, Step
from services.kernel.problems import Refusal

Outcome = Literal["received", "moved", "already_yours", "recorded_late", "refused"]

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far two phones' clocks may differ: an acceptance may look that much older than its offer."""

FROM_HOMEROOM, NOT_OFFERED, WALK_IN = "from_homeroom", "not_offered", "walk_in"
ANOTHER_GROUP, HERE_AFTER_ALL, WALKED_ALONE = "another_group", "here_after_all", "walked_alone"
AGAIN, LATE = "again", "late"
"""Flags, kept as the entry's reason: nothing of them stops a child from being taken in."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session as a scan sees it; half-open."""

    session_id: UUID
    room_id: UUID | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Sight:
    """Somebody saw a child. ``occurred_at``: the phone's clock, its measured error taken out."""

    scan_id: UUID
    child_id: UUID
    method: Method
    occurred_at: datetime
    actor_id: UUID
    device_id: UUID | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scan comes to. ``step`` is what the ledger takes; None with a ``refusal``."""

    outcome: Outcome
    step: Step | None = None
    refusal: type[Refusal] | None = None
    flags: tuple[str, ...] = ()


def choose_session(
    sessions: Sequence[Meeting], expecting: Collection[UUID], at: datetime, early: timedelta
) -> Meeting | None:
    """Return the one of a teacher's sessions for which a child is scanned at ``at``.

    A session takes children from ``early`` before its start until its end; one that expects the child goes
    first, then the one that began first. Outside all of them it is the nearest.
    """
    running = [each for each in sessions if each.starts_at - early <= at < each.ends_at]
    if running:
        return min(running, key=lambda each: (each.session_id not in expecting, each.starts_at))
    return min(sessions, key=lambda each: abs(each.starts_at - at), default=None)


def judge_scan(
    stay: HeldStay,
    sight: Sight,
    *,
    session: Meeting | None,
    expected: bool,
    present: Meeting | None,
    early: timedelta,
) -> Verdict:
    """Return what the scan does to a stay.

    ``session`` is the scanner's (`choose_session`), ``expected`` whether it expects the child, ``present`` the
    session that the child is in by the ledger, ``early`` how long before its start a session takes children.
    A second scan is never a departure, and a scan older than the child's last move changes nothing, whatever
    order phones deliver in.
    """
    patience = CLOCKS_DIFFER if stay.state == "in_transit" else timedelta()
    if stay.last_at is not None and sight.occurred_at < stay.last_at - patience:
        return _note(sight, "recorded_late", LATE)
    if stay.state == "released":
        return Verdict("refused", refusal=HomeAlready)
    flags = _flags(stay, session, expected=expected)
    if stay.adult_id is None or stay.state == "in_transit":
        return _take(stay, sight, session, flags)
    own = stay.adult_id == sight.actor_id
    near = session is not None and sight.occurred_at >= session.starts_at - early
    follows = near and _follows(session, present, sight)
    if own and stay.received and not (expected and follows):
        return _note(sight, "already_yours", AGAIN)
    if own or (near and (present is None or follows) and (expected or not stay.received)):
        return _take(stay, sight, session, flags if own else [*flags, WALKED_ALONE])
    return Verdict("refused", refusal=InAnothersCare)


def outcome_of(kind: str, reason: str | None) -> Outcome:
    """Return the outcome of a scan that stands in the ledger already."""
    flags = (reason or "").split(",")
    if kind == "sighted":
        return "already_yours" if AGAIN in flags else "recorded_late"
    return "received" if kind == "received" or FROM_HOMEROOM in flags else "moved"


def _flags(stay: HeldStay, session: Meeting | None, *, expected: bool) -> list[str]:
    flags = []
    if stay.adult_id is None:
        flags.append(NOT_OFFERED if stay.state == "expected" else HERE_AFTER_ALL)
    elif not stay.received:
        flags.append(FROM_HOMEROOM)
    if stay.walk_in:
        flags.append(WALK_IN)
    elif session is not None and not expected:
        flags.append(ANOTHER_GROUP)
    return flags


def _follows(session: Meeting | None, present: Meeting | None, sight: Sight) -> bool:
    """Tell whether the child's present session is over when the scanner's begins: then it walks there by itself."""
    if session is None or present is None or present.session_id == session.session_id:
        return False
    return present.ends_at <= max(session.starts_at, sight.occurred_at)


def _take(stay: HeldStay, sight: Sight, session: Meeting | None, flags: Sequence[str]) -> Verdict:
    step = Step(
        entry_id=sight.scan_id,
        child_id=sight.child_id,
        kind="received" if stay.adult_id is None else "moved",
        method=sight.method,
        occurred_at=sight.occurred_at,
        actor_id=sight.actor_id,
        device_id=sight.device_id,
        state_after="in_care",
        adult_after=sight.actor_id,
        room_after=session.room_id if session else None,
        session_id=session.session_id if session else None,
        hand_over_id=stay.hand_over_id,
        reason=",".join(flags) or None,
        received=True,
        missing=False,
    )
    return Verdict("moved" if stay.received else "received", step, flags=tuple(flags))


def _note(sight: Sight, outcome: Outcome, flag: str) -> Verdict:
    step = Step(
        entry_id=sight.scan_id,
        child_id=sight.child_id,
        kind="sighted",
        method=sight.method,
        occurred_at=sight.occurred_at,
        actor_id=sight.actor_id,
        device_id=sight.device_id,
        reason=flag,
    )
    return Verdict(outcome, step, flags=(flag,))

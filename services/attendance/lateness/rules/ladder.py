"""When the ladder's steps are due. It climbs until a person releases the child; nothing else ends it (law 2)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol


class Rung(Protocol):
    """A step as the school set it."""

    @property
    def after(self) -> int:
        """Minutes after the child was due home."""
        ...


def first_due(ladder: Sequence[Rung], late_since: datetime) -> datetime | None:
    """Return when step 1 is due; None for a school without a ladder."""
    return late_since + timedelta(minutes=ladder[0].after) if ladder else None


def next_due(ladder: Sequence[Rung], step_no: int, due_at: datetime) -> datetime | None:
    """Return when the step after ``step_no`` (from 1), itself due at ``due_at``, is due; None after the last.

    Counted from when the step was *due*, not from when it ran: after an outage the ladder catches up at once. A
    pause moves ``due_at`` itself, so that all later steps follow it and keep their distance.
    """
    if step_no >= len(ladder):
        return None
    return due_at + timedelta(minutes=ladder[step_no].after - ladder[step_no - 1].after)


def granted_until(asked: datetime, now: datetime, *, most_minutes: int) -> datetime:
    """Return until when a pause holds: as asked, but never longer than the school allows from now."""
    return min(asked, now + timedelta(minutes=most_minutes))


def pushed(next_step_at: datetime | None, paused_until: datetime) -> datetime | None:
    """Return when the next step is due after a pause: it delays, and never removes, the step."""
    return None if next_step_at is None else max(next_step_at, paused_until)


def minutes_late(late_since: datetime, now: datetime) -> int:
    """Return whole minutes since the child was due home."""
    return max(0, int((now - late_since).total_seconds() // 60))

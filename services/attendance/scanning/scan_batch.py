"""What a phone says when it sends its scans, and what it hears of each."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.attendance.custody.rules.take_step import HeldStay, Method
from services.attendance.scanning.rules.judge_scan import Outcome
from services.kernel.problems import Refusal

SKEW_WORTH_CORRECTING = timedelta(seconds=60)
MOST_SKEW = timedelta(hours=1)
"""A phone whose clock is further off is not corrected: it is told to set its clock."""


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan as the phone tells it; ``child_id`` None: the card could not be read."""

    scan_id: UUID
    child_id: UUID | None
    method: Method
    occurred_at: datetime
    problem: type[Refusal] | None = None


@dataclass(frozen=True, slots=True)
class Scanner:
    """Who scans, on which day's list. ``device_clock``: what the phone's clock showed when it sent the batch."""

    school_id: UUID
    service_on: date
    actor_id: UUID
    device_id: UUID | None
    session_id: UUID | None = None
    device_clock: datetime | None = None

    def skew(self, now: datetime) -> timedelta:
        """Return what to add to the phone's instants; nothing where it is right, or hopelessly wrong."""
        if self.device_clock is None:
            return timedelta()
        off = now - self.device_clock
        return off if SKEW_WORTH_CORRECTING < abs(off) < MOST_SKEW else timedelta()


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What came of one scan, and where the child stands now; ``problem`` with a refusal."""

    scan_id: UUID
    outcome: Outcome
    stay: HeldStay | None = None
    flags: tuple[str, ...] = ()
    problem: dict[str, Any] | None = None

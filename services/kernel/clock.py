"""Two clocks: the domain's, which a demo may run faster, and the real one, which tokens and retries live on.

Domain time = origin + rate x (real time - started), the same in every process (decision 5).
"""

import json
import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""The one civil time of every school; days are cut here, never in UTC."""


class Clock(Protocol):
    """Whatever tells the domain's time."""

    def now(self) -> datetime:
        """Return the domain's instant, UTC, aware."""
        ...


def real_now() -> datetime:
    """Return the machine's instant (UTC): for tokens, retries, time-outs and providers' signatures."""
    return datetime.now(UTC)


def school_day(instant: datetime) -> date:
    """Return the school's local date of an instant."""
    return instant.astimezone(SHANGHAI).date()


def at_school_time(day: date, local: time) -> datetime:
    """Return the instant (UTC) at which a school's wall clock shows ``local`` on ``day``."""
    return datetime.combine(day, local, SHANGHAI).astimezone(UTC)


def local_hhmm(instant: datetime) -> str:
    """Return what a school's wall clock shows, as parents read it: ``18:05``."""
    return instant.astimezone(SHANGHAI).strftime("%H:%M")


class RealClock:
    """Domain time is real time: every platform outside a demo or a test."""

    def now(self) -> datetime:
        """Return the machine's instant."""
        return real_now()


@dataclass(frozen=True)
class Pace:
    """One stretch of a platform clock: at ``started`` (real) it showed ``origin``, and runs ``rate`` x as fast."""

    origin: datetime
    started: datetime
    rate: float

    def at(self, real: datetime) -> datetime:
        """Return the domain's instant at a real one."""
        return self.origin + (real - self.started) * self.rate


class FileClock:
    """A clock that every process of a platform reads from one small file, so that all agree.

    The file is replaced as a whole (`set_pace`); a reader sees the old stretch or the new one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._pace = Pace(real_now(), real_now(), 1.0)

    def now(self) -> datetime:
        """Return the domain's instant by the stretch that is in force."""
        seen = os.stat(self._path)  # noqa: PTH116 - called for every request; a Path costs three times as much
        if (stamp := (seen.st_mtime_ns, seen.st_ino)) != self._stamp:
            self._pace = read_pace(self._path)
            self._stamp = stamp
        return self._pace.at(real_now())


def read_pace(path: Path) -> Pace:
    """Read a clock file."""
    told = json.loads(path.read_text())
    return Pace(
        datetime.fromisoformat(told["origin"]), datetime.fromisoformat(told["started"]), float(told["rate"])
    )


def set_pace(path: Path, *, origin: datetime, rate: float) -> None:
    """Let the platform's clock show ``origin`` now and run ``rate`` x as fast from here on."""
    told = {"origin": origin.isoformat(), "started": real_now().isoformat(), "rate": rate}
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(told))
    fresh.replace(path)


def clock_from(setting: str) -> Clock:
    """Return the clock that ``KEHOU_CLOCK`` names: ``real``, or the path of a clock file."""
    return RealClock() if setting == "real" else FileClock(Path(setting))


class ManualClock:
    """A clock that stands still until told: for tests and journeys."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        """Return the instant it was set to."""
        return self._instant

    def set(self, instant: datetime) -> None:
        """Show ``instant`` from now on."""
        self._instant = instant

    def advance(self, length: timedelta) -> None:
        """Move forward."""
        self._instant += length

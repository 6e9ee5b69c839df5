"""Show on the console what processes warn of; everything else stays in their files."""

import asyncio
import json
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

LOOK_SECONDS = 0.5
LARGEST_BYTES = 20_000_000
QUIET_SECONDS = 30.0
"""The same warning is shown once in this time; the file has them all."""
LOUD = {"warning", "error", "critical"}
FAULT = re.compile(r"[A-Za-z_][\w.]*(Error|Exception|Fault|Refusal|Unable)?: ")
"""The line of a traceback that names the fault: ``asyncpg.exceptions.CannotConnectNowError: …``."""


class LogFollower:
    """Reads what is appended to log files; a file that grew too large is set aside and begun anew."""

    def __init__(self, logs: Path, notice: Callable[[str], None]) -> None:
        self._logs = logs
        self._notice = notice
        self._read: dict[Path, int] = {}
        self._said: dict[str, float] = {}

    def set_aside(self) -> None:
        """Keep the files of the start before as ``.log.1``; the new ones begin empty."""
        self._logs.mkdir(parents=True, exist_ok=True)
        for path in self._logs.glob("*.log"):
            path.replace(path.with_suffix(".log.1"))

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            for path in self._logs.glob("*.log"):
                self._look(path)
            await asyncio.sleep(LOOK_SECONDS)

    def _look(self, path: Path) -> None:
        began = self._read.get(path, 0)
        with path.open("rb") as file:
            file.seek(began)
            news = file.read()
        whole = news[: news.rfind(b"\n") + 1]
        self._read[path] = began + len(whole)
        for line in whole.decode(errors="replace").splitlines():
            if (loud := loud_event(line)) is not None:
                self._say(f"{path.stem}: {loud}")
        if self._read[path] > LARGEST_BYTES:
            # Its writer appends, so it goes on at the beginning of the emptied file.
            shutil.copyfile(path, path.with_suffix(".log.1"))
            with path.open("ab") as file:
                file.truncate(0)
            self._read[path] = 0

    def _say(self, line: str) -> None:
        """Pass a warning on, unless the same one was shown a moment ago."""
        now = time.monotonic()
        if now - self._said.get(line, -QUIET_SECONDS) >= QUIET_SECONDS:
            self._said = {said: at for said, at in self._said.items() if now - at < QUIET_SECONDS} | {
                line: now
            }
            self._notice(line)


def loud_event(line: str) -> str | None:
    """Return what a JSON log line of level warning or above says in brief; None for any other line."""
    try:
        told = json.loads(line)
    except ValueError:
        return None
    if not isinstance(told, dict) or str(told.get("level", "")).lower() not in LOUD:
        return None
    facts = " ".join(
        f"{key}={value}"
        for key, value in told.items()
        if key in {"entrypoint", "reader", "path", "attempt", "error"}
    )
    lines = str(told.get("exception", "")).splitlines()
    reason = [line.strip() for line in lines if FAULT.match(line)][-1:]
    return " ".join(word for word in (str(told.get("event", "")), facts, *reason) if word)[:400]

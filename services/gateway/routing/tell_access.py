"""One line a request: who answered, how, how long it took. No name, no phone, no query, no id of a child."""

import asyncio
import re
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson
from prometheus_client import Counter, Histogram

from services.kernel.web.envelope import REQUESTS, SECONDS

FLUSH_SECONDS = 0.05
"""Lines are gathered for a moment: one write a line costs a tenth of what the whole pass-through costs."""

_WORD = re.compile(r"[a-z][a-z._-]*|v1")


def route_of(raw_path: bytes) -> str:
    """Return a path with every segment blanked that is not a plain word: ids, codes, names."""
    parts = raw_path.decode("latin-1").split("/")
    return "/".join(part if not part or _WORD.fullmatch(part) else "{}" for part in parts)


class AccessLog:
    """Gathers the lines of a moment and writes them at once."""

    def __init__(self, *, told: bool, out: TextIO | None = None) -> None:
        self._told = told
        self._out = out
        self._lines: list[bytes] = []
        self._counters: dict[tuple[str, int], tuple[Counter, Histogram]] = {}

    def line(self, scope: Any, *, status: int, seconds: float, **facts: Any) -> None:
        """Note one answered request; ``facts`` may hold ids, never personal data."""
        if not self._told:
            return
        if not self._lines:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)
        told = {
            "service": "gateway",
            "level": "info",
            "event": "request",
            "timestamp": datetime.now(UTC),
            "method": scope["method"],
            "route": route_of(scope["raw_path"]),
            "status": status,
            "ms": round(seconds * 1000, 1),
            **facts,
        }
        self._lines.append(orjson.dumps(told))

    def flush(self) -> None:
        """Write what was gathered."""
        if self._lines:
            (self._out or sys.stderr).write(b"\n".join([*self._lines, b""]).decode())
            self._lines.clear()

    def measure(self, neighbour: str, *, status: int, seconds: float) -> None:
        """Count a request that passed through; the gateway's own are counted by the kernel's envelope."""
        known = self._counters.get((neighbour, status))
        if known is None:
            route = f"-> {neighbour}"
            known = (REQUESTS.labels("gateway", route, str(status)), SECONDS.labels("gateway", route))
            self._counters[(neighbour, status)] = known
        known[0].inc()
        known[1].observe(seconds)

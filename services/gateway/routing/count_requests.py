"""How often did this device or address ask within the current minute?

`limits` guards log-ins (`services.gateway.identity.limit_attempts`), not this: its memory storage walks over all
its keys at every hit, and here every request of every phone is counted. Each replica counts for itself; these
limits stop floods, they hand out nothing.
"""

import time
from collections import defaultdict

from services.gateway.routing.errors import TooManyRequests

WINDOW_SECONDS = 60


class RequestCounter:
    """Counts in fixed windows of one real minute; a new window forgets the old one whole."""

    def __init__(self) -> None:
        self._window = 0
        self._counts: defaultdict[str, int] = defaultdict(int)

    def count(self, who: str, *, most: int) -> None:
        """Count one request of ``who``.

        Raises:
            TooManyRequests: more than ``most`` in this minute.
        """
        now = int(time.monotonic())
        if (window := now // WINDOW_SECONDS) != self._window:
            self._window = window
            self._counts = defaultdict(int)
        self._counts[who] += 1
        if self._counts[who] > most:
            raise TooManyRequests(retry_after_seconds=WINDOW_SECONDS - now % WINDOW_SECONDS)

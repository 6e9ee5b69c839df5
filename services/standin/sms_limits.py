"""How many SMS one number takes (wechat.md 5.1): notices 50 a day, counted from the first one."""

from collections import OrderedDict
from collections.abc import Callable

NOTICES_PER_DAY = 50
DAY_SECONDS = 86_400


class SmsCounters:
    """Accepted submits per (sign, template, number) within 24 hours of the first."""

    def __init__(self, now: Callable[[], float], limit: int = 100_000) -> None:
        self._now = now
        self._limit = limit
        self._counts: OrderedDict[tuple[str, str, str], tuple[float, int]] = OrderedDict()

    def take(self, sign: str, template: str, number: str) -> bool:
        """Count one submit; ``False`` when the day's share is used up."""
        key = (sign, template, number)
        now = self._now()
        began_at, count = self._counts.get(key, (now, 0))
        if now - began_at >= DAY_SECONDS:
            began_at, count = now, 0
        if count >= NOTICES_PER_DAY:
            return False
        self._counts[key] = (began_at, count + 1)
        while len(self._counts) > self._limit:
            self._counts.popitem(last=False)
        return True

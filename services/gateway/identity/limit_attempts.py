"""Limits on what can be guessed or flooded: log-ins by address, codes by account; shared by replicas over Redis."""

import math
import time
from contextlib import suppress
from typing import Any

from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, Storage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import ConfigurationError, StorageError
from limits.limits import RateLimitItem
from limits.storage import storage_from_string

from services.gateway.identity.errors import TooManyAttempts
from services.gateway.settings import DoorSettings
from services.kernel.log import get_logger
from services.kernel.unable import Unable


class AttemptLimits:
    """Counts attempts in fixed windows of real time.

    While Redis does not answer, each process counts for itself: log-ins go on, and floods are still stopped.
    """

    def __init__(self, settings: DoorSettings, redis_url: str = "") -> None:
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._shared = FixedWindowRateLimiter(_shared(redis_url)) if redis_url else self._own
        self._logins = RateLimitItemPerMinute(settings.logins_per_address_a_minute)
        self._failures = RateLimitItemPerHour(settings.failed_logins_per_address_an_hour)
        self._tries = RateLimitItemPerHour(settings.attempts_per_account_an_hour)

    async def login(self, address: str) -> None:
        """Count a log-in from an address.

        Raises:
            TooManyAttempts: too many, or too many that failed.
        """
        await self._check(self._failures, "failed-login", address, counted=False)
        await self._check(self._logins, "login", address)

    async def login_failed(self, address: str) -> None:
        """Note that a log-in from an address failed."""
        with suppress(TooManyAttempts):
            await self._check(self._failures, "failed-login", address)

    async def attempt(self, kind: str, account_id: object) -> None:
        """Count an attempt of one kind by an account.

        Raises:
            TooManyAttempts: too many of this kind within an hour.
        """
        await self._check(self._tries, kind, str(account_id))

    async def _check(self, item: RateLimitItem, kind: str, who: str, *, counted: bool = True) -> None:
        try:
            wait = await _wait(self._shared, item, kind, who, counted=counted)
        except StorageError:
            get_logger().warning("limits.alone", kind=kind)
            wait = await _wait(self._own, item, kind, who, counted=counted)
        if wait:
            raise TooManyAttempts(retry_after_seconds=wait)


async def _wait(
    limiter: FixedWindowRateLimiter, item: RateLimitItem, kind: str, who: str, *, counted: bool
) -> int:
    """Return for how many seconds to wait; 0: come in."""
    if await (limiter.hit if counted else limiter.test)(item, kind, who):
        return 0
    stats = await limiter.get_window_stats(item, kind, who)
    return max(1, math.ceil(stats.reset_time - time.time()))


def _shared(redis_url: str) -> Storage:
    try:
        storage: Any = storage_from_string(
            f"async+{redis_url}", implementation="redispy", wrap_exceptions=True
        )
    except (ConfigurationError, ValueError) as fault:
        raise Unable(
            "KEHOU_REDIS_URL cannot be used: write it as redis://host:6379/0, or leave it empty for a single "
            "gateway."
        ) from fault
    if not isinstance(storage, Storage):
        raise TypeError(type(storage))
    return storage

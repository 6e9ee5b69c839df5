"""Limits on what can be guessed or flooded: log-ins by address, codes by account; shared by replicas over Redis."""

import math
import time

from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import ConfigurationError
from limits.limits import RateLimitItem
from limits.storage import storage_from_string

from services.gateway.identity.errors import TooManyAttempts
from services.gateway.settings import DoorSettings
from services.kernel.unable import Unable


class AttemptLimits:
    """Counts attempts in fixed windows of real time."""

    def __init__(self, settings: DoorSettings, redis_url: str = "") -> None:
        self._limiter = FixedWindowRateLimiter(_storage(redis_url))
        self._logins = RateLimitItemPerMinute(settings.logins_per_address_a_minute)
        self._failures = RateLimitItemPerHour(settings.failed_logins_per_address_an_hour)
        self._tries = RateLimitItemPerHour(settings.attempts_per_account_an_hour)

    async def login(self, address: str) -> None:
        """Count a log-in from an address.

        Raises:
            TooManyAttempts: too many, or too many that failed.
        """
        if not await self._limiter.test(self._failures, "failed-login", address):
            await self._refuse(self._failures, "failed-login", address)
        await self._hit(self._logins, "login", address)

    async def login_failed(self, address: str) -> None:
        """Note that a log-in from an address failed."""
        await self._limiter.hit(self._failures, "failed-login", address)

    async def attempt(self, kind: str, account_id: object) -> None:
        """Count an attempt of one kind by an account.

        Raises:
            TooManyAttempts: too many of this kind within an hour.
        """
        await self._hit(self._tries, kind, str(account_id))

    async def _hit(self, item: RateLimitItem, kind: str, who: str) -> None:
        if not await self._limiter.hit(item, kind, who):
            await self._refuse(item, kind, who)

    async def _refuse(self, item: RateLimitItem, kind: str, who: str) -> None:
        stats = await self._limiter.get_window_stats(item, kind, who)
        raise TooManyAttempts(retry_after_seconds=max(1, math.ceil(stats.reset_time - time.time())))


def _storage(redis_url: str) -> MemoryStorage:
    if not redis_url:
        return MemoryStorage()
    try:
        return storage_from_string(f"async+{redis_url}", implementation="redispy")  # type: ignore[return-value]
    except (ConfigurationError, ValueError) as fault:
        raise Unable(
            "KEHOU_REDIS_URL is set but cannot be used: it needs the form redis://host:6379/0 and the "
            "package `redis` (pip install redis); leave it empty for a single gateway."
        ) from fault

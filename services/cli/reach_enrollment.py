"""Open enrollment's database for an operator's command, beside a running platform or without one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from services.cli.platform.layout import Layout, default_layout
from services.cli.platform.make_secrets import make_secrets
from services.cli.platform.reach_database import reach_database
from services.enrollment.policy import Policy, read_policy
from services.kernel.cipher import FieldCipher
from services.kernel.clock import Clock, FileClock, RealClock, clock_from
from services.kernel.database.migrate import migrate
from services.kernel.database.provision import provision
from services.kernel.database.transaction import Database
from services.kernel.settings import Settings

Done = TypeVar("Done")


@dataclass(frozen=True)
class Office:
    """What an operator's command works with."""

    database: Database
    policy: Policy
    cipher: FieldCipher
    clock: Clock


def at_enrollment(work: Callable[[Office], Awaitable[Done]]) -> Done:
    """Run ``work`` on enrollment's database.

    ``KEHOU_DATABASE_URL`` with ``KEHOU_FIELD_KEYS`` (or files in ``KEHOU_SECRETS_DIR``) names it where the services
    are deployed one by one;
    otherwise it is the platform's below the data folder: the running one, or one started for this command.

    Raises:
        Unable: the database cannot be reached.
    """
    settings = Settings()
    if url := settings.database_url.get_secret_value():
        keys = settings.field_keys.get_secret_value()
        return asyncio.run(_at(url, keys, clock_from(settings.clock), work))
    layout = default_layout()
    with reach_database(layout) as admin_url:
        return asyncio.run(_on_platform(layout, admin_url, work))


async def _on_platform(layout: Layout, admin_url: str, work: Callable[[Office], Awaitable[Done]]) -> Done:
    urls = await provision(admin_url, layout.secrets)
    await migrate("enrollment", urls["enrollment"].owner)
    clock: Clock = FileClock(layout.clock) if layout.clock.exists() else RealClock()
    return await _at(urls["enrollment"].app, make_secrets(layout).field_keys, clock, work)


async def _at(url: str, keys: str, clock: Clock, work: Callable[[Office], Awaitable[Done]]) -> Done:
    async with _opened(url) as database:
        return await work(Office(database, read_policy(Settings().policy_file), FieldCipher(keys), clock))


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    database = Database(url, pool_size=1)
    try:
        yield database
    finally:
        await database.close()

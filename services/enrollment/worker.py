"""The service's worker: carries its letters."""

import asyncio

from services.kernel.clock import Clock
from services.kernel.log import configure_logs
from services.kernel.resources import Resources, open_resources
from services.kernel.settings import Settings
from services.kernel.worker import Worker


async def run(settings: Settings, stop: asyncio.Event, *, clock: Clock | None = None) -> None:
    """Work until ``stop``."""
    configure_logs("enrollment-worker", settings.log_level)
    async with open_resources("enrollment", settings, clock=clock) as held:
        await make_worker(held).run(stop)


def make_worker(held: Resources) -> Worker:
    """Put the worker together; journeys pump it by hand."""
    return Worker(held, readers=("attendance", "notifications"))

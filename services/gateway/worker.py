"""The gateway's worker: carries its letters."""

import asyncio

from services.kernel.resources import Resources, open_resources
from services.kernel.settings import Settings
from services.kernel.worker import Worker


def make_worker(resources: Resources) -> Worker:
    """Compose the worker."""
    return Worker(resources, readers=("notifications",))


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Work until ``stop``."""
    async with open_resources("gateway", settings) as resources:
        await make_worker(resources).run(stop)

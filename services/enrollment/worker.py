"""The service's worker: carries its letters, and tells that rosters changed."""

import asyncio

from services.enrollment.roster import tell_roster
from services.kernel.resources import Resources, open_resources
from services.kernel.settings import Settings
from services.kernel.worker import Worker


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Work until ``stop``."""
    async with open_resources("enrollment", settings) as held:
        await make_worker(held).run(stop)


def make_worker(held: Resources) -> Worker:
    """Put the worker together; journeys pump it by hand."""
    return Worker(held, readers=("attendance", "notifications"), timers=tell_roster.TIMERS)

"""The attendance service's worker: letters, pulls of the roster, and every timer of the day."""

import asyncio

from services.attendance.dismissal.wake_daily import LAY_OUT, on_new_day, wake_all
from services.attendance.lateness import wake_ladders
from services.attendance.roster.pull_roster import PULL, pull_roster
from services.attendance.safety import watch
from services.clients.enrollment import EnrollmentClient
from services.kernel.resources import Resources, open_resources
from services.kernel.settings import Settings
from services.kernel.worker import Worker

TIMERS = {LAY_OUT: on_new_day, **watch.TIMERS, **wake_ladders.TIMERS}


def make_worker(resources: Resources) -> Worker:
    """Compose the worker."""
    enrollment = EnrollmentClient(resources.remote("enrollment"))
    pull = pull_roster(resources.database, resources.clock, enrollment)
    return Worker(resources, readers=("enrollment", "notifications"), jobs={PULL: pull}, timers=TIMERS)


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Work until ``stop``; schools without an alarm are woken at once, so a late start catches up."""
    async with open_resources("attendance", settings) as resources:
        async with resources.database.transaction() as tx:
            await wake_all(tx, now=resources.clock.now())
        await make_worker(resources).run(stop)

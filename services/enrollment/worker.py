"""The service's worker: carries its letters, and tells that rosters changed."""

import asyncio

from sqlalchemy import select
from sqlmodel import col

import services.enrollment.registry  # noqa: F401 - rows are flushed whose tables refer to tables of no timer
from services.enrollment.agreements import remind_by_rhythm
from services.enrollment.calendar.lay_calendar import follow_calendar
from services.enrollment.families import follow_moves
from services.enrollment.menu import withdraw_offering
from services.enrollment.policy import read_policy
from services.enrollment.roster import tell_roster
from services.enrollment.rounds.walk_rounds import walk_rounds
from services.enrollment.schools.tables import School
from services.enrollment.selection import arrange_due_care
from services.enrollment.waiting.offer_timers import offer_timers
from services.kernel.resources import Resources, open_resources
from services.kernel.settings import Settings
from services.kernel.worker import Worker

TIMERS = {
    **tell_roster.TIMERS,
    **follow_moves.TIMERS,
    **remind_by_rhythm.TIMERS,
    **arrange_due_care.TIMERS,
    **withdraw_offering.TIMERS,
}


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Work until ``stop``; terms first follow the county's calendar, which may be newer than their days."""
    async with open_resources("enrollment", settings) as held:
        await follow_county(held)
        await make_worker(held).run(stop)


async def follow_county(held: Resources) -> None:
    """Bring every school's terms into line with the policy file and the holiday library, a school at a time."""
    policy, now = read_policy(held.settings.policy_file), held.clock.now()
    async with held.database.transaction() as tx:
        schools = (await tx.scalars(select(col(School.school_id)))).all()
    for school_id in schools:
        async with held.database.transaction([school_id]) as tx:
            await follow_calendar(tx, school_id, policy=policy, now=now)


def make_worker(held: Resources) -> Worker:
    """Put the worker together; journeys pump it by hand."""
    policy = read_policy(held.settings.policy_file)
    timers = {**TIMERS, **offer_timers(policy), **walk_rounds(policy, held.cipher)}
    return Worker(held, readers=("attendance", "notifications"), timers=timers)

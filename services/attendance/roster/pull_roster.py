"""Follow schools' rosters: the worker's job that pulls from enrollment whatever came after our own version."""

from datetime import timedelta

from services.attendance.roster.own_copy import AttendanceCopy
from services.clients.roster_copy import FollowRoster, RosterSource
from services.kernel.clock import Clock
from services.kernel.database.transaction import Database

PULL = "pull_roster"
"""The worker's entrypoint; its payload is the school's id."""
GATHER = timedelta(seconds=0.25)
"""Real time that a pull waits for company: hundreds of families who choose at once make a few pulls a second."""


def pull_roster(
    database: Database, clock: Clock, source: RosterSource, *, gather: timedelta = GATHER
) -> FollowRoster:
    """Return the job. While enrollment is silent it comes back later; our own copy serves meanwhile."""
    return FollowRoster(database, clock, source, AttendanceCopy(), gather=gather)

"""What an operator does on the command line before anybody can log in: a school, and its first officer's invitation."""

from services.cli.platform import Platform
from services.enrollment.policy import read_policy
from services.enrollment.schools.create_school import SchoolFacts, create_school, invite_officer
from services.kernel.clock import FileClock, real_now
from services.kernel.database.transaction import Database
from services.kernel.settings import Settings

SCHOOL = SchoolFacts(code="S001", name="实验小学", county="潞州区", kind="primary")


async def create_sample_school(platform: Platform) -> str:
    """Create the sample primary school; returns the invitation's code."""
    url = platform.supervisor.children["enrollment"].program.environment["KEHOU_DATABASE_URL"]
    database = Database(url, pool_size=1)
    try:
        async with database.transaction() as tx:
            school = await create_school(
                tx,
                SCHOOL,
                policy=read_policy(Settings().policy_file),
                now=FileClock(platform.layout.clock).now(),
            )
            return await invite_officer(tx, school.school_id, real_now=real_now())
    finally:
        await database.close()

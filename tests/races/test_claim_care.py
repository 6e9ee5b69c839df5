"""Care follows a crowd while it still comes: workers and desks never wait for each other in a circle."""

import asyncio

from sqlalchemy import text

from services.enrollment.roster import tell_roster
from services.enrollment.selection import arrange_due_care
from services.enrollment.selection.answer_claims import Answered
from services.enrollment.selection.ask_for_care import CareAsked, ask_for_care
from services.enrollment.selection.give_up_place import give_up_place
from services.kernel.clock import ManualClock
from services.kernel.database.transaction import Database
from services.kernel.timers import TimerRunner
from tests.conftest import Databases
from tests.races.small_school import NOON, SmallSchool, care, club, open_school
from tests.races.test_claim_desk import kinds, told, two_desks, wish

FAMILIES = 40
TIMERS = {**tell_roster.TIMERS, **arrange_due_care.TIMERS}
CARE = text(
    "SELECT p.child_id, p.weekdays FROM place p JOIN offering o USING (school_id, offering_id)"
    " WHERE o.basic AND (p.until_on IS NULL OR p.until_on > p.from_on)"
)
CLUBS = text(
    "SELECT p.child_id FROM place p JOIN offering o USING (school_id, offering_id)"
    " WHERE NOT o.basic AND p.until_on IS NULL"
)
HELD = text(
    "SELECT p.place_id FROM place p JOIN offering o USING (school_id, offering_id)"
    " WHERE p.child_id = :child AND NOT o.basic"
)
FAILED = text("SELECT count(*) FROM timer WHERE tries > 0")


async def work(database: Database, done: asyncio.Event) -> None:
    """What a worker does all day."""
    runner = TimerRunner(database, ManualClock(NOON), TIMERS)
    while not done.is_set():
        await runner.run_due()
        await asyncio.sleep(0.01)
    await runner.run_due()


async def everybody_asks_for_care(school: SmallSchool) -> None:
    async with school.database.transaction([school.school_id]) as tx:
        for child_id, guardian_id, _ in school.families:
            await ask_for_care(tx, school.school_id, [CareAsked(child_id)], guardian_id=guardian_id, now=NOON)


async def leave(school: SmallSchool, family: int) -> None:
    child_id, guardian_id, _ = school.families[family]
    async with school.database.transaction([school.school_id]) as tx:
        place_id = await tx.scalar(HELD, {"child": child_id})
        await give_up_place(tx, school.school_id, place_id, guardian_id=guardian_id, now=NOON)


async def test_care_fits_after_a_crowd_that_came_while_two_workers_arranged_it(databases: Databases) -> None:
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, FAMILIES, [club("C1", 25), club("C2", 25), care("K1", 50)])
        await everybody_asks_for_care(school)
        async with two_desks(school) as desks:
            done = asyncio.Event()
            workers = [asyncio.create_task(work(database, done)) for _ in range(2)]
            answers = []
            for start in range(0, FAMILIES, 8):
                some = range(start, start + 8)
                answers += await told(
                    *(desks[n % 2].ask(school.school_id, wish(school, n, f"C{1 + n % 2}")) for n in some)
                )
                await asyncio.gather(*(leave(school, n) for n in some if n % 4 == 0))
            done.set()
            await asyncio.gather(*workers)
        assert kinds(answers) == {Answered.__name__: FAMILIES}
        async with database.transaction([school.school_id]) as tx:
            in_clubs = set((await tx.scalars(CLUBS)).all())
            days = {row.child_id: row.weekdays for row in await tx.execute(CARE)}
            assert await tx.scalar(FAILED) == 0
        assert len(in_clubs) == FAMILIES * 3 // 4
        assert days == {
            child: [3, 4, 5] if child in in_clubs else [1, 2, 3, 4, 5] for child, *_ in school.families
        }

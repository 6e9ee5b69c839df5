"""A small school on a real database, its day laid out at 15:30."""

from collections.abc import AsyncIterator
from datetime import time
from pathlib import Path

import pytest

from services.kernel.clock import ManualClock, at_school_time
from services.kernel.database.transaction import Database
from tests.attendance.at_the_gate import Gate
from tests.attendance.doors import Doors, open_doors
from tests.attendance.small_school import MONDAY, SmallSchool, settled_school


@pytest.fixture
async def school(attendance_db: Database, clock: ManualClock) -> SmallSchool:
    return await settled_school(attendance_db, clock)


@pytest.fixture
async def gate(attendance_db: Database, school: SmallSchool, clock: ManualClock) -> Gate:
    """17:25: Qin has children 0 to 5, Lu has 6 to 10; nobody took in child 11."""
    clock.set(at_school_time(MONDAY, time(17, 25)))
    gate = Gate(attendance_db, school, clock)
    await gate.receive(*school.children[:6])
    await gate.receive(*school.children[6:11], adult=school.lu)
    return gate


@pytest.fixture
async def doors(attendance_db: Database, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Doors]:
    async with open_doors(attendance_db, clock, tmp_path) as opened:
        yield opened

"""A small school on a real database, its day laid out at 15:30."""

import pytest

from services.kernel.clock import ManualClock
from services.kernel.database.transaction import Database
from tests.attendance.small_school import SmallSchool, settled_school


@pytest.fixture
async def school(attendance_db: Database, clock: ManualClock) -> SmallSchool:
    return await settled_school(attendance_db, clock)

"""The gate of the small school, and a school whose families wait, for races."""

from collections.abc import AsyncIterator

import pytest

from tests.attendance.conftest import gate, school
from tests.conftest import Databases
from tests.races.small_school import club, open_school
from tests.races.waiting_hall import Hall

__all__ = ["gate", "hall", "school"]


@pytest.fixture
async def hall(databases: Databases) -> AsyncIterator[Hall]:
    """Eight families; C1 has one seat, C2 two."""
    async with databases.fresh("enrollment") as database:
        yield Hall(await open_school(database, 8, [club("C1", 1), club("C2", 2)]))

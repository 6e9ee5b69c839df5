"""A leader closes the day while a child that was given up comes in after all: one of the two must give way."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from services.attendance.dismissal.close_day import close_day
from services.attendance.dismissal.day_figures import day_counts
from services.attendance.scanning.scan_context import known_scans
from services.kernel.clock import ManualClock
from services.kernel.database.transaction import Database
from services.kernel.problems import Refusal
from tests.attendance.phone import Phone, at, rows
from tests.attendance.small_school import MONDAY, SmallSchool

BOTH = "SELECT (SELECT state FROM service_day), (SELECT count(*) FROM stay WHERE state = 'in_care')"
ROUNDS = 12
CLOSING = "services.attendance.dismissal.close_day"
SCANNING = "services.attendance.scanning.take_scans"


async def race(database: Database, school: SmallSchool, clock: ManualClock, index: int) -> tuple[str, int]:
    """Scan one child and close the day at once; return the day's state and how many are in care."""
    qin = Phone(database, school, school.qin, clock)
    clock.set(at(17))
    again = "UPDATE service_day SET state = 'open', closed_at = NULL, closed_by = NULL RETURNING 1"
    nobody = "UPDATE stay SET state = 'absent', adult_id = NULL, last_at = :then RETURNING 1"
    await rows(database, school, again)
    await rows(database, school, nobody, then=clock.now() - timedelta(minutes=1))

    async def close() -> None:
        async with database.transaction([school.school_id]) as tx:
            await close_day(tx, school.school_id, MONDAY, leader_id=school.leader, now=clock.now())

    told = await asyncio.gather(qin.scan(index), close(), return_exceptions=True)
    assert all(not isinstance(each, BaseException) or isinstance(each, Refusal) for each in told), told
    ((state, in_care),) = await rows(database, school, BOTH)
    return state, in_care


async def test_without_the_locks_a_day_closes_over_a_child(
    attendance_db: Database, school: SmallSchool, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scan has read the open day, the closing has read the empty school; then both write."""
    both = asyncio.Barrier(2)

    def then_wait(look: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def looked(*told: Any, **named: Any) -> Any:
            found = await look(*told, **named)
            await both.wait()
            return found

        return looked

    monkeypatch.setattr(f"{CLOSING}.HOLD_STAYS", "SELECT $1::uuid, $2::date")
    monkeypatch.setattr(f"{CLOSING}.day_counts", then_wait(day_counts))
    monkeypatch.setattr(f"{SCANNING}.known_scans", then_wait(known_scans))
    assert await race(attendance_db, school, clock, 0) == ("closed", 1)


async def test_with_the_locks_the_day_is_open_or_nobody_is_in_care(
    attendance_db: Database, school: SmallSchool, clock: ManualClock
) -> None:
    seen = {await race(attendance_db, school, clock, index % 11) for index in range(ROUNDS)}
    assert seen <= {("open", 1), ("closed", 0)}

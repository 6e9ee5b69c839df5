"""A child comes in at the very moment at which the day is closed. Shown without the lock, cured with it."""

import asyncio
from datetime import date, time
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.dismissal import close_day
from services.attendance.dismissal.day_figures import day_counts
from services.attendance.dismissal.errors import DayNotBalanced
from services.kernel.clock import at_school_time
from tests.attendance.at_the_gate import Gate
from tests.attendance.phone import Phone
from tests.attendance.small_school import MONDAY


async def dawdle(tx: AsyncSession, school_id: UUID, service_on: date) -> dict[str, int]:
    """Count, a tenth of a second late: the day balances, and is not yet committed."""
    await asyncio.sleep(0.1)
    return await day_counts(tx, school_id, service_on)


async def close_while_scanning(gate: Gate, index: int) -> tuple[object, list[str]]:
    """Everybody is accounted for; a child whom its teacher gave up as absent stands at the door after all."""
    gate.set(at_school_time(MONDAY, time(18, 0)))
    await gate.change("UPDATE stay SET state = 'absent', adult_id = NULL, room_id = NULL, received = false")

    async def close() -> object:
        try:
            async with gate.db.transaction([gate.school.school_id]) as tx:
                return await close_day.close_day(
                    tx, gate.school.school_id, MONDAY, leader_id=gate.school.leader, now=gate.clock.now()
                )
        except DayNotBalanced as refusal:
            return refusal

    async def scan() -> list[str]:
        await asyncio.sleep(0.03)
        return await Phone(gate.db, gate.school, gate.school.qin, gate.clock).scan(index)

    closed, scanned = await asyncio.gather(close(), scan())
    return closed, scanned


async def test_without_the_lock_a_day_closes_over_a_child_in_care(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(close_day, "HOLD_STAYS", close_day.HOLD_STAYS.replace("FOR NO KEY UPDATE", ""))
    monkeypatch.setattr(close_day, "day_counts", dawdle)
    closed, scanned = await close_while_scanning(gate, 0)
    assert isinstance(closed, close_day.ClosedDay)
    assert scanned == ["received"]
    assert await gate.state(gate.school.children[0]) == "in_care"


@pytest.mark.parametrize("index", [0, 11], ids=["a child given up as absent", "a child nobody expected"])
async def test_with_the_lock_who_comes_second_finds_the_day_closed(
    gate: Gate, monkeypatch: pytest.MonkeyPatch, index: int
) -> None:
    monkeypatch.setattr(close_day, "day_counts", dawdle)
    closed, scanned = await close_while_scanning(gate, index)
    assert isinstance(closed, close_day.ClosedDay)
    assert scanned == ["day-is-closed"]
    held = await gate.rows("SELECT 1 FROM stay WHERE state IN ('in_care', 'in_transit', 'expected')")
    assert not held

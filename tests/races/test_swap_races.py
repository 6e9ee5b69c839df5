"""Exchanges under a rush: what goes wrong without the locks, and that with them it does not."""

import asyncio
from collections import Counter

import pytest

from services.enrollment.swaps import take_up_swap
from services.enrollment.swaps.propose_swap import propose_swap
from tests.races.small_school import NOON
from tests.races.test_claim import together
from tests.races.waiting_hall import Hall, dawdling, unlock


async def two_take_it_up(hall: Hall) -> Counter[str]:
    """Family 0 would give C1 for C2, and families 1 and 2, who have C2, both take it up."""
    families = hall.school.families
    places = [await hall.claims(0, "C1"), await hall.claims(1, "C2"), await hall.claims(2, "C2")]
    wanted = hall.school.offerings["C2"]
    swap = await hall.act(propose_swap, places[0], wanted, guardian_id=families[0][1], now=NOON)
    return Counter(
        await asyncio.gather(
            *(
                hall.said(take_up_swap.take_up_swap, swap, places[n], guardian_id=families[n][1], now=NOON)
                for n in (1, 2)
            )
        )
    )


async def test_without_the_locks_the_second_family_meets_a_fault(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(monkeypatch)
    monkeypatch.setattr(take_up_swap, "_judge", together(take_up_swap._judge, 2))
    assert await two_take_it_up(hall) == {"done": 1, "UniqueViolationError": 1}


async def test_an_exchange_is_taken_up_by_one_family(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(take_up_swap, "_judge", dawdling(take_up_swap._judge))
    assert await two_take_it_up(hall) == {"done": 1, "swap-gone": 1}
    assert await hall.count("SELECT count(*) FROM place WHERE until_on IS NULL") == 3

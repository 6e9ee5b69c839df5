"""Places under a rush: each race first shown with its lock taken away, then cured."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import time
from typing import Any, TypeVar

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.enrollment.selection import care_groups, claim_places, lock_children, read_clubs
from services.enrollment.selection.ask_for_care import CareAsked, ask_for_care
from services.enrollment.selection.claim_places import Claim
from services.enrollment.selection.free_places import seats_of
from services.enrollment.selection.held_clubs import held_clubs
from services.kernel.database.transaction import Database
from services.kernel.problems import Refusal
from tests.conftest import Databases
from tests.races.small_school import NOON, SmallSchool, care, club, open_school

LOCK = " FOR NO KEY UPDATE"
PATIENCE_SECONDS = 20
THINKING_SECONDS = 0.02

Looked = TypeVar("Looked")
Look = Callable[..., Awaitable[Looked]]


def together(look: Look[Looked], people: int) -> Look[Looked]:
    """Let the first ``people`` all look before any of them writes: the race does not wait for luck."""
    seen_by_all, count = asyncio.Event(), itertools.count(1)

    async def all_look(*args: Any, **named: Any) -> Looked:
        seen = await look(*args, **named)
        if next(count) >= people:
            seen_by_all.set()
        await asyncio.wait_for(seen_by_all.wait(), PATIENCE_SECONDS)
        return seen

    return all_look


def thinking(look: Look[Looked]) -> Look[Looked]:
    """Let a moment pass between a look and what is done upon it: with the lock it must not matter."""

    async def slowly(*args: Any, **named: Any) -> Looked:
        seen = await look(*args, **named)
        await asyncio.sleep(THINKING_SECONDS)
        return seen

    return slowly


@pytest.fixture
def busy_evening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim_places, "seats_of", thinking(seats_of))
    monkeypatch.setattr(care_groups.CareGroups, "lock", thinking(care_groups.CareGroups.lock))


async def claim(school: SmallSchool, family: int, code: str, *, phone: int = 1) -> str:
    child_id, *guardians = school.families[family]
    async with school.database.transaction([school.school_id]) as tx:
        wish = Claim(child_id, guardians[phone - 1], school.offerings[code])
        (answer,) = await claim_places.claim_places(tx, school.school_id, [wish], now=NOON)
        return answer.slug() if isinstance(answer, Refusal) else "place"


async def rush(school: SmallSchool, code: str) -> Counter[str]:
    """Every family claims at the same moment."""
    return Counter(await asyncio.gather(*(claim(school, n, code) for n in range(len(school.families)))))


async def places_in(school: SmallSchool, code: str) -> int:
    async with school.database.transaction([school.school_id]) as tx:
        return int(
            await tx.scalar(
                text("SELECT count(*) FROM place WHERE offering_id = :offering_id AND until_on IS NULL"),
                {"offering_id": school.offerings[code]},
            )
        )


async def test_the_club_is_oversold_without_the_lock(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_clubs, "LOCK_CLUBS", read_clubs.LOCK_CLUBS.removesuffix(f"{LOCK} OF o"))
    monkeypatch.setattr(claim_places, "seats_of", together(seats_of, 5))
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, 20, [club("C1", 3)])
        sold = await rush(school, "C1")
        assert sold["place"] > 3
        assert await places_in(school, "C1") == sold["place"]


async def test_twenty_families_get_exactly_three_places(databases: Databases, busy_evening: None) -> None:
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, 20, [club("C1", 3)])
        assert await rush(school, "C1") == {"place": 3, "offering-full": 17}
        assert await places_in(school, "C1") == 3


async def test_claims_of_one_batch_are_answered_in_their_order(databases: Databases) -> None:
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, 5, [club("C1", 3)])
        async with database.transaction([school.school_id]) as tx:
            answers = await claim_places.claim_places(
                tx,
                school.school_id,
                [
                    Claim(child_id, guardian, school.offerings["C1"])
                    for child_id, guardian, _ in school.families
                ],
                now=NOON,
            )
        assert [isinstance(answer, Refusal) for answer in answers] == [False, False, False, True, True]


async def two_phones(school: SmallSchool) -> Counter[str]:
    """Father and mother claim two clubs of the same hour for the same child."""
    answers = await asyncio.gather(claim(school, 0, "C1", phone=1), claim(school, 0, "C2", phone=2))
    return Counter(answers)


async def test_a_child_lands_in_two_rooms_at_once_without_its_lock(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_children, "LOCK_CHILDREN", lock_children.LOCK_CHILDREN.removesuffix(LOCK))
    monkeypatch.setattr(claim_places, "held_clubs", together(held_clubs, 2))
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, 1, [club("C1", 3), club("C2", 3)])
        assert await two_phones(school) == {"place": 2}


async def test_of_two_phones_of_one_family_one_gets_the_hour(
    databases: Databases, busy_evening: None
) -> None:
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, 1, [club("C1", 3), club("C2", 3)])
        assert await two_phones(school) == {"place": 1, "child-busy": 1}


async def test_the_same_wish_from_two_phones_is_one_place(databases: Databases, busy_evening: None) -> None:
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, 1, [club("C1", 3)])
        answers = await asyncio.gather(claim(school, 0, "C1", phone=1), claim(school, 0, "C1", phone=2))
        assert Counter(answers) == {"place": 1, "place-held": 1}


async def ask_all(database: Database, school: SmallSchool) -> tuple[list[int], int]:
    """Every family asks for care at the same moment; return the sizes of the groups, and how many met a fault."""

    async def ask(family: int) -> None:
        child_id, guardian_id, _ = school.families[family]
        async with database.transaction([school.school_id]) as tx:
            asked = [CareAsked(child_id, (1, 2, 3, 4, 5), time(18, 30))]
            await ask_for_care(tx, school.school_id, asked, guardian_id=guardian_id, now=NOON)

    asking = (ask(family) for family in range(len(school.families)))
    faults = [fault for fault in await asyncio.gather(*asking, return_exceptions=True) if fault is not None]
    assert all(isinstance(fault, IntegrityError) for fault in faults), faults
    async with database.transaction([school.school_id]) as tx:
        rows = await tx.execute(text("SELECT count(*) FROM place GROUP BY offering_id ORDER BY 1"))
        return list(rows.scalars()), len(faults)


async def test_care_groups_grow_too_large_or_are_opened_twice_without_their_lock(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(care_groups, "_LOCK", text(care_groups._LOCK.text.removesuffix(LOCK)))
    monkeypatch.setattr(care_groups.CareGroups, "lock", together(care_groups.CareGroups.lock, 6))
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, 12, [care("K1", 5)])
        sizes, faults = await ask_all(database, school)
        assert max(sizes) > 5 or faults


async def test_nobody_is_refused_and_no_group_grows_too_large(
    databases: Databases, busy_evening: None
) -> None:
    async with databases.fresh("enrollment") as database:
        school = await open_school(database, 12, [care("K1", 5)])
        assert await ask_all(database, school) == ([2, 5, 5], 0)

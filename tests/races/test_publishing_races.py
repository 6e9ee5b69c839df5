"""A menu is published while families choose: first shown with the locks taken away, then cured."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text, update
from sqlmodel import col

from services.enrollment.menu import menu_findings as findings
from services.enrollment.menu import publish_menu
from services.enrollment.menu.change_offering import change_offering
from services.enrollment.menu.errors import MenuBreaksPolicy, PlacesMovedMeanwhile
from services.enrollment.menu.tables import Offering
from services.enrollment.policy import read_policy
from services.enrollment.schools.current_term import current_term
from services.enrollment.selection import lock_children
from services.enrollment.selection.claim_places import Claim, claim_places
from services.kernel.clock import school_day
from services.kernel.ids import new_id
from services.kernel.problems import Refusal
from tests.conftest import Databases
from tests.races.small_school import NOON, SmallSchool, care, club, open_school

OFFICER = new_id()
LENIENT = read_policy().model_copy(update={"workdays_per_week": 0, "weekend_days": 0})
"""The small school serves on two days a week; that is not what is looked at here."""


@pytest.fixture
async def school(databases: Databases) -> AsyncIterator[SmallSchool]:
    """Twenty families; C1 meets on Monday and Tuesday, C2 on Wednesday."""
    async with databases.fresh("enrollment") as database:
        menu = [club("C1", 20), club("C2", 20), care("K1", 50)]
        opened = await open_school(database, 20, menu)
        async with database.transaction([opened.school_id]) as tx:
            await tx.execute(update(Offering).where(col(Offering.code) == "C2").values(weekdays=[3]))
        yield opened


async def change(school: SmallSchool, code: str, **values: Any) -> None:
    async with school.database.transaction([school.school_id]) as tx:
        await change_offering(
            tx, school.school_id, school.offerings[code], values, by=OFFICER, policy=LENIENT, now=NOON
        )


async def publish(school: SmallSchool) -> str:
    async with school.database.transaction([school.school_id]) as tx:
        term = await current_term(tx, school.school_id, on=school_day(NOON))
        try:
            await publish_menu.publish_menu(
                tx, school.school_id, term.term_id, by=OFFICER, policy=LENIENT, now=NOON
            )
        except (MenuBreaksPolicy, PlacesMovedMeanwhile) as refusal:
            await tx.rollback()
            return refusal.slug()
    return "published"


async def claim(school: SmallSchool, family: int, code: str) -> str:
    child_id, guardian, _ = school.families[family]
    async with school.database.transaction([school.school_id]) as tx:
        wish = Claim(child_id, guardian, school.offerings[code])
        (answer,) = await claim_places(tx, school.school_id, [wish], now=NOON)
        return answer.slug() if isinstance(answer, Refusal) else "place"


async def ask(school: SmallSchool, statement: str) -> Any:
    async with school.database.transaction([school.school_id]) as tx:
        return await tx.scalar(text(statement))


async def publish_amid_claims(
    school: SmallSchool, monkeypatch: pytest.MonkeyPatch, code: str, *, patience: float = 0.3
) -> tuple[str, Counter[str]]:
    """Let all families claim between what publishing sees and what it writes; it waits for them for a while."""
    looked, claimed, judge = asyncio.Event(), asyncio.Event(), findings.menu_findings

    async def slowly(*args: Any, **named: Any) -> Any:
        found = await judge(*args, **named)
        looked.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(claimed.wait(), patience)
        return found

    monkeypatch.setattr(publish_menu, "menu_findings", slowly)
    publishing = asyncio.create_task(publish(school))
    await looked.wait()
    answers = await asyncio.gather(*(claim(school, family, code) for family in range(20)))
    claimed.set()
    return await publishing, Counter(answers)


async def test_without_the_lock_a_club_shrinks_below_its_children(
    school: SmallSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*_: Any) -> None:
        return None

    monkeypatch.setattr(publish_menu, "lock_offerings", nothing)
    await change(school, "C1", capacity=5)
    outcome, answers = await publish_amid_claims(school, monkeypatch, "C1", patience=20)
    assert (outcome, answers["place"]) == ("published", 20)


async def test_a_club_that_shrinks_while_families_choose_is_never_oversold(
    school: SmallSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await change(school, "C1", capacity=5)
    outcome, answers = await publish_amid_claims(school, monkeypatch, "C1")
    assert (outcome, answers) == ("published", {"place": 5, "offering-full": 15})


async def test_a_club_that_moves_meets_no_club_that_its_children_just_took(
    school: SmallSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C1 moves onto C2's day while C1's children claim C2."""
    for family in range(20):
        assert await claim(school, family, "C1") == "place"
    await change(school, "C1", weekdays=[3])
    outcome, answers = await publish_amid_claims(school, monkeypatch, "C2")
    assert (outcome, answers) == ("published", {"child-busy": 20})
    open_places = "SELECT array_agg(DISTINCT weekdays::text) FROM place WHERE until_on IS NULL"
    assert await ask(school, open_places) == ["{3}"]


async def test_who_takes_the_very_club_at_that_moment_makes_the_officer_press_once_more(
    school: SmallSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await claim(school, 0, "C1") == "place"

    async def somebody_comes(tx: Any, school_id: UUID, some: Any) -> Any:
        locked = await lock_children.lock_children(tx, school_id, some)
        assert await claim(school, 1, "C1") == "place"
        monkeypatch.undo()
        return locked

    monkeypatch.setattr(publish_menu, "lock_children", somebody_comes)
    await change(school, "C1", weekdays=[4])
    assert await publish(school) == "places-moved-meanwhile"
    assert await publish(school) == "published"
    assert await ask(school, "SELECT count(*) FROM place WHERE until_on IS NULL AND weekdays = '{4}'") == 2


async def test_two_officers_publish_one_number_each(school: SmallSchool) -> None:
    await change(school, "C1", capacity=18)
    assert {*await asyncio.gather(publish(school), publish(school))} == {"published"}
    assert await ask(school, "SELECT array_agg(number ORDER BY number) FROM menu_publication") == [1, 2]
    assert await ask(school, "SELECT count(*) FROM offering_change") == 0

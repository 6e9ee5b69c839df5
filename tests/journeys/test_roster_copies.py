"""What attendance and notifications copied of a roster can be held beside enrollment, and made anew, at any time."""

from collections.abc import AsyncIterator
from datetime import time
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.cli.reach_copies import LONGEST_SECONDS, Copies, in_words
from services.clients.enrollment import EnrollmentClient
from services.contracts.internal.roster_copies import CopyComparison
from services.kernel.clock import ManualClock, at_school_time
from services.kernel.remote import Remote
from tests.conftest import Databases
from tests.journeys.house import living_house
from tests.journeys.town import DAY, Town

KEEPERS = ("attendance", "notifications")


@pytest.fixture(scope="module")
async def town(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    clock = ManualClock(at_school_time(DAY, time(15, 30)))
    async with living_house(databases, tmp_path_factory.mktemp("house"), clock) as house:
        town = Town(house)
        await town.found("primary")
        await house.settle()
        yield town


@pytest.fixture
def school_id(town: Town) -> UUID:
    return UUID(town.school_ids["primary"])


@pytest.fixture
async def copies(town: Town) -> AsyncIterator[Copies]:
    held = town.house.resources["gateway"]
    urls = held.settings.model_dump()
    async with httpx.AsyncClient(timeout=LONGEST_SECONDS) as http:
        remotes = {
            name: Remote(name, urls[f"{name}_url"], http, held.signer) for name in ("enrollment", *KEEPERS)
        }
        yield Copies(EnrollmentClient(remotes.pop("enrollment")), remotes)


async def by_hand(town: Town, keeper: str, school_id: UUID, *statements: str) -> None:
    """Change a copy behind everybody's back."""
    async with town.house.resources[keeper].database.transaction([school_id]) as tx:
        for statement in statements:
            await tx.execute(text(statement))


def wrong_in(found: CopyComparison) -> dict[str, tuple[int, int, int]]:
    return {one.name: (one.lacking, one.beyond, one.different) for one in found.lists if not one.agrees}


@pytest.mark.parametrize("keeper", KEEPERS)
async def test_a_copy_that_followed_letters_is_the_one_from_scratch(
    copies: Copies, school_id: UUID, keeper: str
) -> None:
    found = await copies.compare(keeper, school_id)
    assert found.agrees, in_words(found)
    counts = {one.name: one.here for one in found.lists}
    assert counts["children"] == 1184
    assert counts["guardians"] > 1000
    assert in_words(found) == ""


DAMAGE: dict[str, tuple[list[str], dict[str, Any]]] = {
    "attendance": (
        [
            "UPDATE child SET name = '别人' WHERE student_no = (SELECT min(student_no) FROM child)",
            "DELETE FROM collector WHERE collector_id = (SELECT min(collector_id::text)::uuid FROM collector)",
            "UPDATE offering SET starts = '01:00' WHERE code = (SELECT min(code) FROM offering)",
            """INSERT INTO place (school_id, place_id, child_id, offering_id, weekdays, from_on)
               SELECT school_id, gen_random_uuid(), child_id, gen_random_uuid(), '{1}', '2026-09-01'
                 FROM child LIMIT 1""",
            """INSERT INTO room (school_id, room_id, name, capacity, removed)
               SELECT school_id, gen_random_uuid(), '地下室', 1, false FROM school LIMIT 1""",
            "DELETE FROM calendar_day WHERE day_on = (SELECT min(day_on) FROM calendar_day)",
            "UPDATE school SET releases_at = '05:00'",
        ],
        {
            "school": (0, 0, 1),
            "terms": (1, 0, 0),
            "rooms": (0, 1, 0),
            "children": (0, 0, 1),
            "offerings": (0, 0, 1),
            "places": (0, 1, 0),
        },
    ),
    "notifications": (
        [
            "UPDATE person SET phone_index = 'x' WHERE person_id = (SELECT min(person_id::text)::uuid FROM person)",
            """UPDATE guardianship SET is_told = false
                WHERE guardian_id = (SELECT min(guardian_id::text)::uuid FROM guardianship)""",
            "DELETE FROM offering WHERE offering_id = (SELECT min(offering_id::text)::uuid FROM offering)",
            "INSERT INTO child (school_id, child_id, name) SELECT school_id, gen_random_uuid(), '别人' FROM school",
        ],
        {"children": (0, 1, 0), "offerings": (1, 0, 0)},
    ),
}


@pytest.mark.parametrize("keeper", KEEPERS)
async def test_what_was_changed_by_hand_is_named_by_list_and_a_rebuild_cures_it(
    town: Town, copies: Copies, school_id: UUID, keeper: str
) -> None:
    statements, expected = DAMAGE[keeper]
    await by_hand(town, keeper, school_id, *statements)
    found = await copies.compare(keeper, school_id)
    wrong = wrong_in(found)
    assert wrong.items() >= expected.items()
    assert len(wrong) > len(expected)
    assert "children: " in in_words(found)
    mended = await copies.rebuild(keeper, school_id)
    assert wrong_in(mended) == wrong
    after = await copies.compare(keeper, school_id)
    assert after.agrees, in_words(after)
    assert after.copied == found.version


@pytest.mark.parametrize("keeper", KEEPERS)
async def test_a_copy_of_nothing_is_built_from_nothing(
    town: Town, copies: Copies, school_id: UUID, keeper: str
) -> None:
    await by_hand(town, keeper, school_id, "DELETE FROM child", "DELETE FROM school")
    found = await copies.compare(keeper, school_id)
    assert found.copied is None
    assert in_words(found).startswith("nothing was copied yet; ")
    await copies.rebuild(keeper, school_id)
    assert (await copies.compare(keeper, school_id)).agrees


async def test_a_copy_that_lags_behind_is_not_called_right_and_catches_up_by_its_letter(
    town: Town, copies: Copies, school_id: UUID
) -> None:
    database = town.house.resources["enrollment"].database
    async with database.transaction([school_id]) as tx:
        await tx.execute(
            text(
                "UPDATE school_version SET version = version + 1, stamped_by = ''"
                " WHERE school_id = :school_id"
            ),
            {"school_id": school_id},
        )
    found = await copies.compare("attendance", school_id)
    assert not found.agrees
    assert in_words(found) == f"stands at version {found.copied} of {found.version}"
    await copies.rebuild("attendance", school_id)
    assert (await copies.compare("attendance", school_id)).agrees


async def test_no_family_and_no_stranger_may_look_at_a_copy(town: Town, school_id: UUID) -> None:
    for keeper in KEEPERS:
        url = town.house.settings["gateway"].model_dump()[f"{keeper}_url"]
        for method, what in (("GET", "comparison"), ("POST", "rebuild")):
            answer = await town.house.http.request(
                method, f"{url}/internal/roster/{what}", params={"school_id": str(school_id)}
            )
            assert answer.status_code == 401

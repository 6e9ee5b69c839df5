"""Journeys through the whole house: every service, every letter, the wire between them, one clock."""

from collections.abc import AsyncIterator
from datetime import time, timedelta

import pytest
from sqlalchemy import text

from services.attendance.custody.ledger_check import ledger_check
from services.cli.demo.line import Refused
from services.kernel.clock import ManualClock, at_school_time
from services.kernel.ids import new_id
from services.kernel.letters.operate import letter_figures
from tests.conftest import Databases
from tests.journeys.house import living_house
from tests.journeys.town import DAY, Town, scan, texts


@pytest.fixture(scope="module")
async def town(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    clock = ManualClock(at_school_time(DAY, time(15, 30)))
    async with living_house(databases, tmp_path_factory.mktemp("house"), clock) as house:
        town = Town(house)
        for name in ("primary", "junior"):
            await town.found(name)
        await house.settle()
        yield town


async def test_a_guardian_of_two_schools_sees_the_own_children_of_both_and_nobody_elses(town: Town) -> None:
    primary = {child.phone: child for child in town.sheets["primary"].children}
    junior = next(child for child in town.sheets["junior"].children if child.phone in primary)
    parent = await town.family("primary", primary[junior.phone])
    shown = {child["student_no"] for child in (await parent.ask("GET", "children"))["children"]}
    assert {primary[junior.phone].student_no, junior.student_no} <= shown
    own = {
        child.student_no
        for sheets in town.sheets.values()
        for child in sheets.children
        if child.phone == junior.phone
    }
    assert own <= shown
    stranger = next(child for child in town.sheets["primary"].children if child.phone != junior.phone)
    other = await town.family("primary", stranger)
    with pytest.raises(Refused) as refused:
        await parent.ask(
            "POST",
            "places/care",
            json={"school_id": town.school_ids["primary"], "children": [{"child_id": other.only_child}]},
        )
    assert refused.value.status == 404


async def test_a_phone_that_is_not_on_file_asks_and_the_officer_lets_it_in(town: Town) -> None:
    child = town.sheets["primary"].children[700]
    aunt = await town.stranger("19912345678", "姑姑")
    await aunt.ask(
        "POST",
        "guardianship-requests",
        json={
            "request_id": str(new_id()),
            "school_id": town.school_ids["primary"],
            "child_name": child.name,
            "grade": child.grade,
            "name": "姑姑",
            "relation": "姑姑",
        },
    )
    officer = town.officers["primary"]
    school = {"school_id": town.school_ids["primary"]}
    waiting = (await officer.ask("GET", "approvals/guardianships", params=school))["requests"]
    request = next(one for one in waiting if one["child_name"] == child.name)
    found = await officer.ask("GET", "families/children", params={**school, "q": child.student_no})
    await officer.ask(
        "POST",
        f"approvals/guardianships/{request['request_id']}",
        json={**school, "child_id": found["children"][0]["child_id"]},
    )
    await aunt.act_as("guardian")
    shown = (await aunt.ask("GET", "children"))["children"]
    assert [one["student_no"] for one in shown] == [child.student_no]


async def test_a_child_is_received_moved_chased_and_handed_over_and_every_step_is_told(town: Town) -> None:
    house = town.house
    parent = await town.family("primary", town.sheets["primary"].children[0])
    child = parent.only_child
    await parent.ask_for_care()
    await house.settle()
    homeroom, first, leader = (
        await town.staff("primary", "T001"),
        await town.staff("primary", "T002"),
        await town.staff("primary", "T037", "duty_leader"),
    )

    half_past_four = await town.at(16, 30)
    await homeroom.offer([child], at=half_past_four)
    assert (await scan(first, child, at=half_past_four))["outcome"] == "received"
    assert (await scan(first, child, at=half_past_four))["outcome"] == "already_yours"
    await house.settle()
    assert (await texts(parent)).count("received") == 1

    half_past_five = await town.at(17, 30)
    await first.offer([child], at=half_past_five)
    assert (await scan(homeroom, child, at=half_past_five))["outcome"] == "moved"

    await town.at(18, 35)
    assert (await texts(parent))[-1] == "late"
    granted = await parent.on_my_way(child, until=at_school_time(DAY, time(18, 55)))
    assert granted["pauses_left"] >= 0
    told = len(await texts(parent))
    await town.at(18, 50)
    assert len(await texts(parent)) == told, "on my way delays the ladder"
    await town.at(19, 0)
    assert len(await texts(parent)) > told, "and does not end it"

    with pytest.raises(Refused) as refused:
        await leader.ask("POST", f"days/{DAY}/closing")
    assert refused.value.slug == "day-not-balanced"
    assert child in str(refused.value.problem)

    proof = await parent.show_pass([child], by="code")
    assert await first.release([child], proof, at=house.clock.now()) == "not-in-your-care"
    assert await homeroom.release([child], proof, at=house.clock.now()) is None
    assert await homeroom.release([child], proof, at=house.clock.now() + timedelta(seconds=5)) is not None
    await house.settle()
    assert (await texts(parent))[-1] == "released"
    closed = await leader.ask("POST", f"days/{DAY}/closing")
    assert closed["counts"]["released"] == 1


async def test_the_ledger_of_the_day_keeps_its_laws_and_no_letter_was_lost(town: Town) -> None:
    house = town.house
    await house.settle()
    attendance = house.resources["attendance"].database
    async with attendance.transaction() as tx:
        schools = list(await tx.scalars(text("SELECT school_id FROM school")))
    for school_id in schools:
        async with attendance.transaction([school_id]) as tx:
            assert await ledger_check(tx, school_id, DAY) == []
    for service, held in house.resources.items():
        async with held.database.transaction() as tx:
            figures = await letter_figures(tx)
        assert figures.announced == figures.delivered, service

"""Waiting lists and swaps over HTTP, with the worker at its timers."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.enrollment.policy import Policy
from services.enrollment.waiting.offer_timers import offer_timers
from services.kernel.clock import ManualClock
from services.kernel.ids import new_id
from services.kernel.timers import TimerRunner
from tests.enrollment.conftest import Family, Schools
from tests.enrollment.door import Door, open_door


@pytest.fixture
async def door(own_copy: Schools, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Door]:
    async with open_door(own_copy, clock, tmp_path) as opened:
        yield opened


async def seats(door: Door, code: str, capacity: int) -> None:
    async with door.schools.database.transaction([door.schools.primary]) as tx:
        await tx.execute(
            text("UPDATE offering SET capacity = :seats WHERE code = :code"),
            {"seats": capacity, "code": code},
        )


async def post(door: Door, family: Family, path: str, **body: Any) -> httpx.Response:
    told = {"school_id": str(door.schools.primary), **{name: str(value) for name, value in body.items()}}
    return await door.http.post(path, json=told, headers=door.guardian(family))


async def claim(door: Door, family: Family, code: str) -> str:
    answer = await post(
        door, family, "/places", child_id=family.child_id, offering_id=await door.offering(code)
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["place_id"])


async def wait(door: Door, family: Family, code: str) -> str:
    wanted = {"child_id": family.child_id, "offering_id": await door.offering(code)}
    answer = await post(door, family, "/waiting-list", **wanted)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["entry_id"])


async def own(door: Door, family: Family) -> list[dict[str, Any]]:
    answer = await door.http.get("/waiting-list", headers=door.guardian(family))
    entries: list[dict[str, Any]] = answer.json()["entries"]
    return entries


async def test_a_place_goes_from_family_to_family_by_itself(
    door: Door, clock: ManualClock, policy: Policy
) -> None:
    ada, ben, cem, *_ = await door.families()
    worker = TimerRunner(door.schools.database, clock, offer_timers(policy))
    await seats(door, "K056", 1)
    place = await claim(door, ada, "K056")
    first, second = await wait(door, ben, "K056"), await wait(door, cem, "K056")
    assert [one["sentence"] for one in await own(door, cem)] == [
        "比您登记得早、还在等的有 1 个孩子；有空位时按学校公布的顺序依次通知。"
    ]
    ended = await post(door, ada, f"/places/{place}/end")
    assert ended.status_code == 200
    assert await worker.run_due() == 1
    (offered,) = await own(door, ben)
    assert (offered["entry_id"], offered["state"]) == (first, "offered")
    clock.set(clock.now().fromisoformat(offered["expires_at"]))
    late = await post(door, ben, f"/waiting-list/{first}/acceptance")
    assert (late.status_code, late.json()["type"]) == (410, "urn:kehou:problem:offer-over")
    assert await worker.run_due() >= 1
    assert [one["state"] for one in await own(door, ben)] == ["expired"]
    taken = await post(door, cem, f"/waiting-list/{second}/acceptance")
    assert (taken.status_code, taken.json()["state"]) == (201, "taken")
    assert taken.json()["place_id"]


async def test_no_entry_of_another_family_or_of_none_opens_anything(door: Door) -> None:
    ada, ben, cem, *_ = await door.families()
    await seats(door, "K056", 1)
    await claim(door, ada, "K056")
    entry = await wait(door, ben, "K056")
    for act in ("acceptance", "refusal", "leave"):
        foreign = await post(door, cem, f"/waiting-list/{entry}/{act}")
        unknown = await post(door, cem, f"/waiting-list/{new_id()}/{act}")
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.json() == unknown.json()
    assert await own(door, cem) == []
    wanted = {"child_id": cem.child_id, "offering_id": await door.offering("K056")}
    assert (await post(door, ben, "/waiting-list", **wanted)).status_code == 404
    school = {"school_id": str(door.schools.junior)}
    elsewhere = await door.http.post(f"/waiting-list/{entry}/leave", json=school, headers=door.guardian(ben))
    assert elsewhere.status_code == 404


async def test_tiers_are_for_the_enrolment_officer_only(door: Door) -> None:
    ada, ben, *_ = await door.families()
    await seats(door, "K056", 1)
    await claim(door, ada, "K056")
    entry = await wait(door, ben, "K056")
    query = {"school_id": str(door.schools.primary), "offering_id": await door.offering("K056")}
    listed = await door.http.get("/waiting-list/of-offering", params=query, headers=door.officer)
    assert [(one["entry_id"], one["tier"]) for one in listed.json()["entries"]] == [(entry, 1)]
    async with door.schools.database.transaction([door.schools.primary]) as tx:
        reads = (await tx.execute(text("SELECT what, staff_id FROM sensitive_read"))).all()
    assert reads == [("priority", door.schools.officers["S001"])]
    family = await door.http.get("/waiting-list/of-offering", params=query, headers=door.guardian(ben))
    leader = door.token("duty_leader", S001=door.schools.officers["S001"])
    school = await door.http.get("/waiting-list/of-offering", params=query, headers=leader)
    other = door.token("enrolment_officer", S002=door.schools.officers["S002"])
    foreign = await door.http.get("/waiting-list/of-offering", params=query, headers=other)
    assert (family.status_code, school.status_code, foreign.status_code) == (403, 403, 404)
    assert "tier" not in (await own(door, ben))[0]
    promotion = {"school_id": str(door.schools.primary), "reason": "转学生"}
    full = await door.http.post(f"/waiting-list/{entry}/promotion", json=promotion, headers=door.officer)
    assert full.json()["type"] == "urn:kehou:problem:no-place-to-offer"


async def test_two_families_exchange_places_over_the_public_door(door: Door) -> None:
    ada, ben, cem, *_ = await door.families()
    await seats(door, "K055", 1)
    await seats(door, "K056", 1)
    hers, his = await claim(door, ada, "K055"), await claim(door, ben, "K056")
    made = await post(door, ada, "/swaps", place_id=hers, wants_id=await door.offering("K056"))
    assert made.status_code == 201
    swap = made.json()["swap_id"]
    seen = (await door.http.get("/swaps", headers=door.guardian(ben))).json()
    (possible,) = seen["possible"]
    assert (possible["swap_id"], possible["place_id"], possible["gets"]["title"]) == (
        swap,
        his,
        "硬笔书法（低年级）",
    )
    assert str(ada.child_id) not in str(seen)
    nothing = (await door.http.get("/swaps", headers=door.guardian(cem))).json()
    assert nothing == {"own": [], "possible": []}
    foreign = await post(door, cem, f"/swaps/{swap}/taking", place_id=his)
    unknown = await post(door, cem, f"/swaps/{new_id()}/taking", place_id=his)
    assert foreign.json() == unknown.json()
    assert foreign.status_code == 404
    done = await post(door, ben, f"/swaps/{swap}/taking", place_id=his)
    assert done.status_code == 201
    mine = (await door.http.get("/swaps", headers=door.guardian(ada))).json()["own"]
    assert [(one["wants"], one["state"]) for one in mine] == [("篮球（低年级）", "done")]

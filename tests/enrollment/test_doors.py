"""Enrollment over HTTP, as the gateway hands requests on: who may ask what, and in which words it is refused."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from services.kernel.clock import ManualClock
from services.kernel.ids import new_id
from tests.enrollment.conftest import Schools
from tests.enrollment.door import Door, open_door


@pytest.fixture
async def door(own_copy: Schools, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Door]:
    async with open_door(own_copy, clock, tmp_path) as opened:
        yield opened


async def test_a_family_lives_its_evening(door: Door) -> None:
    (family, *_) = await door.families()
    school = str(door.schools.primary)
    children = (await door.http.get("/children", headers=door.guardian(family))).json()["children"]
    assert str(family.child_id) in [child["child_id"] for child in children]
    asked = {"school_id": school, "children": [{"child_id": str(family.child_id)}]}
    care = await door.http.post("/places/care", json=asked, headers=door.guardian(family))
    assert (care.status_code, care.json()) == (201, {"places_begun": 2})
    wish = {"school_id": school, "child_id": str(family.child_id), "offering_id": await door.offering("K058")}
    place = await door.http.post("/places", json=wish, headers=door.guardian(family))
    assert place.status_code == 201
    again = await door.http.post("/places", json=wish, headers=door.guardian(family))
    assert (again.status_code, again.json()["type"]) == (409, "urn:kehou:problem:place-held")
    end = await door.http.post(
        f"/places/{place.json()['place_id']}/end", json={"school_id": school}, headers=door.guardian(family)
    )
    assert end.json()["until_on"] == "2026-11-23"


async def test_the_same_key_claims_once(door: Door) -> None:
    (family, *_) = await door.families()
    headers = door.guardian(family)
    wish = {
        "school_id": str(door.schools.primary),
        "child_id": str(family.child_id),
        "offering_id": await door.offering("K055"),
    }
    first = await door.http.post("/places", json=wish, headers=headers)
    again = await door.http.post("/places", json=wish, headers=headers)
    assert (first.status_code, again.json()) == (201, first.json())


async def test_no_id_of_another_family_opens_anything(door: Door) -> None:
    mine, other, *_ = await door.families()
    school, child = str(door.schools.primary), str(other.child_id)
    headers = door.guardian(mine)
    listed = (await door.http.get("/children", headers=headers)).json()["children"]
    assert child not in [one["child_id"] for one in listed]
    wish = {"school_id": school, "child_id": child, "offering_id": await door.offering("K055")}
    theirs = await door.http.post("/places", json=wish, headers=door.guardian(other))
    tried = [
        ("/places", wish),
        ("/places", {**wish, "school_id": str(door.schools.junior)}),
        ("/places/care", {"school_id": school, "children": [{"child_id": child}]}),
        (f"/places/{theirs.json()['place_id']}/end", {"school_id": school}),
    ]
    for path, body in tried:
        answer = await door.http.post(path, json=body, headers=door.guardian(mine))
        assert answer.status_code == 404, path
    for path in (f"/families/children?school_id={school}", f"/approvals/guardianships?school_id={school}"):
        assert (await door.http.get(path, headers=headers)).status_code == 403


async def test_the_menu_can_be_read_without_logging_in(door: Door) -> None:
    page = {"safety_measures": "专人值守，交接签字", "complaint_contact": "0355-0000000"}
    school = door.schools.primary
    assert (
        await door.http.put(f"/schools/{school}/page", json=page, headers=door.officer)
    ).status_code == 200
    menu = (await door.http.get(f"/public/schools/{school}/menu")).json()
    assert len(menu["offerings"]) == 102
    assert {name: menu[name] for name in page} == page
    assert menu["offerings"][0]["teacher"]
    schools = (await door.http.get("/public/schools")).json()["schools"]
    assert [one["code"] for one in schools] == ["S001", "S002", "S003", "S004"]


async def test_a_school_without_a_menu_says_so(door: Door) -> None:
    answer = await door.http.get(f"/public/schools/{door.schools.ids['S003']}/menu")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:kehou:problem:menu-not-published")


async def test_an_officer_sees_findings_and_publishes(door: Door) -> None:
    school = door.schools.primary
    found = (await door.http.get(f"/schools/{school}/menu/findings", headers=door.officer)).json()
    assert found == {"publishable": True, "findings": []}
    published = await door.http.post(f"/schools/{school}/menu/publications", headers=door.officer)
    assert (published.status_code, published.json()["number"]) == (201, 2)


async def test_an_agreement_is_issued_read_and_signed(door: Door) -> None:
    (family, *_) = await door.families()
    school = str(door.schools.primary)
    issued = await door.http.post(
        "/agreements", json={"school_id": school, "title": "安全协议", "body": "……"}, headers=door.officer
    )
    assert issued.status_code == 201
    read = (
        await door.http.get("/agreements", params={"school_id": school}, headers=door.guardian(family))
    ).json()
    signing = {
        "school_id": school,
        "number": read["number"],
        "sha256": read["sha256"],
        "child_ids": [str(family.child_id)],
    }
    signed = await door.http.post("/agreements/signatures", json=signing, headers=door.guardian(family))
    assert signed.status_code == 201
    changed = await door.http.post(
        "/agreements/signatures", json={**signing, "sha256": "0" * 64}, headers=door.guardian(family)
    )
    assert changed.json()["type"] == "urn:kehou:problem:agreement-changed"


async def test_neighbours_pull_the_roster_and_people_do_not(door: Door) -> None:
    query = {"school_id": str(door.schools.primary), "limit": "20000"}
    page = await door.http.get("http://enrollment/internal/roster", params=query, headers=door.service)
    assert len(page.json()["children"]) == 1184
    refused = await door.http.get("http://enrollment/internal/roster", params=query, headers=door.officer)
    assert refused.status_code == 403
    found = await door.http.post(
        "http://enrollment/internal/people", json={"phone": "19900050001"}, headers=door.service
    )
    assert [one["persona"] for one in found.json()["people"]] == ["teacher"]


async def test_a_stranger_asks_and_an_officer_approves(door: Door) -> None:
    (family, *_) = await door.families()
    school = str(door.schools.primary)
    asked = {
        "request_id": str(new_id()),
        "account_id": str(new_id()),
        "school_id": school,
        "name": "大伯",
        "phone": "13700000001",
        "relation": "大伯",
        "child_name": "凤乐汐",
    }
    made = await door.http.post(
        "http://enrollment/internal/guardianship-requests", json=asked, headers=door.service
    )
    assert (made.status_code, made.json()["state"]) == (201, "open")
    listed = await door.http.get(
        "/approvals/guardianships", params={"school_id": school}, headers=door.officer
    )
    assert [one["phone"] for one in listed.json()["requests"]] == ["13700000001"]
    decided = await door.http.post(
        f"/approvals/guardianships/{asked['request_id']}",
        json={"school_id": school, "child_id": str(family.child_id)},
        headers=door.officer,
    )
    assert decided.json()["state"] == "approved"
    found = await door.http.post(
        "http://enrollment/internal/people", json={"phone": "13700000001"}, headers=door.service
    )
    assert [one["persona"] for one in found.json()["people"]] == ["guardian"]


async def test_an_opened_group_is_staffed_with_who_is_free(door: Door) -> None:
    school = door.schools.primary
    async with door.schools.database.transaction([school]) as tx:
        await tx.execute(text("UPDATE offering SET capacity = 1 WHERE basic AND starts = '17:30'"))
    for family in (await door.families())[:4]:
        asked = {"school_id": str(school), "children": [{"child_id": str(family.child_id)}]}
        await door.http.post("/places/care", json=asked, headers=door.guardian(family))
    query = {"school_id": str(school), "needs_staffing": "true"}
    (group,) = (await door.http.get("/offerings", params=query, headers=door.officer)).json()["offerings"]
    path = f"/offerings/{group['offering_id']}/staffing"
    free = (await door.http.get(path, params=query, headers=door.officer)).json()
    assert "T001" not in [one["staff_no"] for one in free["teachers"]]
    given = {
        "school_id": str(school),
        "teacher_id": free["teachers"][0]["staff_id"],
        "room_id": free["rooms"][0]["room_id"],
    }
    assert (await door.http.put(path, json=given, headers=door.officer)).status_code == 200
    assert (await door.http.get("/offerings", params=query, headers=door.officer)).json() == {"offerings": []}

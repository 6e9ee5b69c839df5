"""Rounds, wishes and requests over HTTP: who may ask what, in which words it is refused, what nobody is shown."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.contracts.personas import Persona
from services.enrollment.draw.rules.book import METHOD, Entry
from services.enrollment.draw.rules.entries_root import entry_leaf
from services.enrollment.policy import read_policy
from services.kernel.clock import ManualClock
from services.kernel.ids import new_id
from tests.enrollment.conftest import NOON, Schools
from tests.enrollment.door import Door, open_door
from tests.enrollment.small_rounds import CLOSES, OPENS, RESULTS, VISIBLE


@pytest.fixture
async def door(own_copy: Schools, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Door]:
    clock.set(NOON)
    async with open_door(own_copy, clock, tmp_path) as opened:
        yield opened


async def plan(door: Door) -> dict[str, Any]:
    return {
        "school_id": str(door.schools.primary),
        "kind": "preference",
        "title": "秋季社团选课",
        "visible_from": VISIBLE.isoformat(),
        "opens_at": OPENS.isoformat(),
        "closes_at": CLOSES.isoformat(),
        "results_at": RESULTS.isoformat(),
        "most_clubs": 2,
        "offering_ids": [await door.offering(code) for code in ("K055", "K056", "K078")],
    }


async def announce(door: Door, **told: Any) -> dict[str, Any]:
    made = await door.http.post("/rounds", json={**await plan(door), **told}, headers=door.officer)
    assert made.status_code == 201, made.text
    answer: dict[str, Any] = made.json()
    return answer


async def rounds(door: Door, headers: dict[str, str]) -> list[dict[str, Any]]:
    told = await door.http.get("/rounds", params={"school_id": str(door.schools.primary)}, headers=headers)
    assert told.status_code == 200, told.text
    found: list[dict[str, Any]] = told.json()["rounds"]
    return found


async def test_a_family_sees_a_round_from_its_visible_hour_and_what_each_child_may_wish_for(
    door: Door, clock: ManualClock
) -> None:
    made = await announce(door)
    (family, *_) = await door.families()
    assert made["phase"] == "hidden"
    assert await rounds(door, door.guardian(family)) == []
    hidden = await door.http.get(
        f"/rounds/{made['round_id']}",
        params={"school_id": str(door.schools.primary)},
        headers=door.guardian(family),
    )
    assert (hidden.status_code, hidden.json()["type"]) == (404, "urn:kehou:problem:unknown-round")
    assert len(await rounds(door, door.officer)) == 1
    clock.set(VISIBLE)
    (seen,) = await rounds(door, door.guardian(family))
    assert (seen["phase"], seen["seed_hash"]) == ("visible", made["seed_hash"])
    child = next(one for one in seen["children"] if one["child_id"] == str(family.child_id))
    assert set(child["offering_ids"]) == {await door.offering("K055"), await door.offering("K056")}
    assert {one["free"] for one in seen["offerings"]} != {0}


async def test_everybody_sees_times_and_hashes_and_nobody_the_seed(door: Door, clock: ManualClock) -> None:
    made = await announce(door)
    address = f"/public/schools/{door.schools.primary}/rounds"
    assert (await door.http.get(address)).json() == {"rounds": []}
    clock.set(OPENS)
    public = await door.http.get(address)
    (seen,) = public.json()["rounds"]
    assert (seen["seed_hash"], seen["phase"], len(seen["seed_hash"])) == (made["seed_hash"], "open", 64)
    assert "children" not in seen
    for text_of in (public.text, json.dumps(await rounds(door, door.officer))):
        assert "seed_sealed" not in text_of
        assert '"seed"' not in text_of


async def test_the_order_of_the_draw_is_published_with_its_method_in_one_wording_for_everybody(
    door: Door, clock: ManualClock
) -> None:
    made = await announce(door)
    clock.set(OPENS)
    (family, *_) = await door.families()
    school = {"school_id": str(door.schools.primary)}
    (seen,) = (await door.http.get(f"/public/schools/{door.schools.primary}/rounds")).json()["rounds"]
    own = await door.http.get(f"/rounds/{made['round_id']}", params=school, headers=door.guardian(family))
    assert own.json()["order"] == seen["order"] == made["order"]
    parts = (
        METHOD, *read_policy().draw.tiers[0], "上学期第一志愿", "抽签号", "兄弟姐妹", "一遍", "最少开班人数",
    )  # fmt: skip
    said = [seen["order"].index(part) for part in parts]
    assert said == sorted(said)


async def test_nothing_is_drawn_in_a_first_come_round_and_no_order_is_said(door: Door) -> None:
    assert (await announce(door, kind="first_come"))["order"] is None


async def test_a_list_is_answered_with_a_receipt_that_the_root_will_cover(
    door: Door, clock: ManualClock
) -> None:
    made = await announce(door)
    clock.set(OPENS)
    (family, *_) = await door.families()
    address, headers = f"/rounds/{made['round_id']}/wishes", door.guardian(family)
    wish = [await door.offering("K056"), await door.offering("K055")]
    body: dict[str, Any] = {
        "school_id": str(door.schools.primary),
        "children": [{"child_id": str(family.child_id), "offering_ids": wish}],
    }
    answer = await door.http.put(address, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    (kept,) = answer.json()["lists"]
    entry = Entry(child_id=str(family.child_id), ticket=kept["ticket"], wishes=tuple(wish))
    assert kept["leaf"] == entry_leaf(entry).hex()
    again = await door.http.put(address, json=body, headers=headers)
    assert again.json() == answer.json()
    tampered = await door.http.put(
        address,
        json={**body, "children": [{**body["children"][0], "offering_ids": wish[:1]}]},
        headers=headers,
    )
    assert (tampered.status_code, tampered.json()["type"]) == (422, "urn:kehou:problem:key-reused")
    own = await door.http.get(address, params={"school_id": body["school_id"]}, headers=headers)
    assert own.json() == answer.json()
    (seen,) = await rounds(door, headers)
    child = next(one for one in seen["children"] if one["child_id"] == str(family.child_id))
    assert child["submitted_at"] is not None


async def test_a_hostile_parent_gets_nothing_of_another_family(door: Door, clock: ManualClock) -> None:
    made = await announce(door)
    clock.set(OPENS)
    mine, other = (await door.families())[:2]
    address, school = f"/rounds/{made['round_id']}/wishes", str(door.schools.primary)
    club = await door.offering("K055")
    theirs = {"school_id": school, "children": [{"child_id": str(other.child_id), "offering_ids": [club]}]}
    assert (await door.http.put(address, json=theirs, headers=door.guardian(other))).status_code == 200
    stolen = await door.http.put(address, json=theirs, headers=door.guardian(mine))
    nowhere = {"school_id": school, "children": [{"child_id": str(new_id()), "offering_ids": [club]}]}
    unknown = await door.http.put(address, json=nowhere, headers=door.guardian(mine))
    assert stolen.status_code == unknown.status_code == 404
    assert stolen.json()["type"] == unknown.json()["type"] == "urn:kehou:problem:not-yours"
    seen = await door.http.get(address, params={"school_id": school}, headers=door.guardian(mine))
    assert seen.json()["lists"] == []
    abroad = await door.http.get(
        address, params={"school_id": str(door.schools.junior)}, headers=door.guardian(mine)
    )
    assert abroad.status_code == 404
    pried = await door.http.get(
        f"/rounds/{made['round_id']}/submissions",
        params={"school_id": school},
        headers=door.guardian(mine),
    )
    assert pried.status_code == 403
    forged = await door.http.post("/rounds", json=await plan(door), headers=door.guardian(mine))
    assert forged.status_code == 403


async def test_five_hundred_wishes_are_refused_by_name_and_nothing_is_kept(
    door: Door, clock: ManualClock
) -> None:
    made = await announce(door)
    clock.set(OPENS)
    (family, *_) = await door.families()
    body = {
        "school_id": str(door.schools.primary),
        "children": [{"child_id": str(family.child_id), "offering_ids": [await door.offering("K055")] * 500}],
    }
    refused = await door.http.put(
        f"/rounds/{made['round_id']}/wishes", json=body, headers=door.guardian(family)
    )
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:kehou:problem:too-many-wishes")
    async with door.schools.database.transaction([door.schools.primary]) as tx:
        assert await tx.scalar(text("SELECT count(*) FROM wish_list")) == 0


async def test_an_officer_changes_counts_and_cancels(door: Door, clock: ManualClock) -> None:
    made = await announce(door)
    address, school = f"/rounds/{made['round_id']}", str(door.schools.primary)
    changed = await door.http.patch(
        address, json={"school_id": school, "reason": "调整", "most_clubs": 1}, headers=door.officer
    )
    assert (changed.json()["most_clubs"], changed.json()["seed_hash"]) == (1, made["seed_hash"])
    assert changed.json()["changes"][0]["was"] == {"most_clubs": 2}
    clock.set(OPENS)
    late = await door.http.patch(
        address, json={"school_id": school, "reason": "再调", "most_clubs": 2}, headers=door.officer
    )
    assert (late.status_code, late.json()["type"]) == (409, "urn:kehou:problem:round-has-opened")
    figures = await door.http.get(
        f"{address}/submissions", params={"school_id": school}, headers=door.officer
    )
    assert (figures.json()["lists"], len(figures.json()["offerings"])) == (0, 3)
    assert "tier" not in figures.text
    cancelled = await door.http.post(
        f"{address}/cancellation", json={"school_id": school, "reason": "停课"}, headers=door.officer
    )
    assert cancelled.json()["cancel_reason"] == "停课"
    again = await announce(door, opens_at=CLOSES.isoformat(), closes_at=RESULTS.isoformat())
    assert again["seed_hash"] != made["seed_hash"]


async def test_a_request_is_recorded_by_staff_and_read_by_the_guardian(door: Door) -> None:
    (family, other, *_) = await door.families()
    school = str(door.schools.primary)
    body = {
        "school_id": school,
        "child_id": str(family.child_id),
        "guardian_id": str(family.guardian_id),
        "how": "in_person",
        "said": "奶奶到校说想报托管",
        "act": {"do": "care", "weekdays": [1, 2, 3]},
    }
    forged = await door.http.post("/requests", json=body, headers=door.guardian(family))
    assert forged.status_code == 403
    made = await door.http.post("/requests", json=body, headers=door.officer)
    assert made.status_code == 201, made.text
    mine = await door.http.get("/requests/mine", headers=door.guardian(family))
    (kept,) = mine.json()["requests"]
    assert (kept["request_id"], kept["said"]) == (made.json()["request_id"], "奶奶到校说想报托管")
    assert kept["staff"]
    assert (await door.http.get("/requests/mine", headers=door.guardian(other))).json() == {"requests": []}
    listed = await door.http.get("/requests", params={"school_id": school}, headers=door.officer)
    assert len(listed.json()["requests"]) == 1
    abroad = await door.http.get(
        "/requests", params={"school_id": str(door.schools.junior)}, headers=door.officer
    )
    assert abroad.status_code == 404
    duty = door.token(Persona.DUTY_LEADER, S001=door.schools.officers["S001"])
    assert (await door.http.post("/requests", json=body, headers=duty)).status_code == 403

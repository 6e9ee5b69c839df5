"""Claims over HTTP: one answer to one key, however often it comes, and words that say from when a leave holds."""

from collections.abc import AsyncIterator
from datetime import date, time
from pathlib import Path

import pytest

from services.kernel.clock import ManualClock, at_school_time
from services.kernel.ids import new_id
from tests.enrollment.conftest import Schools
from tests.enrollment.door import Door, open_door


@pytest.fixture
async def door(own_copy: Schools, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Door]:
    async with open_door(own_copy, clock, tmp_path) as opened:
        yield opened


async def test_a_key_answers_the_same_once_and_for_all(door: Door) -> None:
    family, other, *_ = await door.families()
    wish = {
        "school_id": str(door.schools.primary),
        "child_id": str(family.child_id),
        "offering_id": await door.offering("K058"),
    }
    headers = door.guardian(family)
    first = await door.http.post("/places", json=wish, headers=headers)
    assert (first.status_code, first.json()["weekdays"], first.json()["until_on"]) == (201, [1, 4], None)
    again = await door.http.post("/places", json=wish, headers=headers)
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    changed = await door.http.post(
        "/places", json={**wish, "offering_id": await door.offering("K055")}, headers=headers
    )
    assert (changed.status_code, changed.json()["type"]) == (422, "urn:kehou:problem:key-reused")
    theirs = {**door.guardian(other), "Idempotency-Key": headers["Idempotency-Key"]}
    own = await door.http.post("/places", json={**wish, "child_id": str(other.child_id)}, headers=theirs)
    assert own.status_code == 201


async def test_a_refused_claim_leaves_no_key(door: Door) -> None:
    family, *_ = await door.families()
    wish = {
        "school_id": str(door.schools.primary),
        "child_id": str(family.child_id),
        "offering_id": str(new_id()),
    }
    headers = door.guardian(family)
    refused = await door.http.post("/places", json=wish, headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (404, "urn:kehou:problem:unknown-offering")
    found = await door.http.post(
        "/places", json={**wish, "offering_id": await door.offering("K058")}, headers=headers
    )
    assert found.status_code == 201


async def test_who_leaves_during_the_session_is_told_from_when_it_holds(
    door: Door, clock: ManualClock
) -> None:
    (family, *_) = await door.families()
    school = str(door.schools.primary)
    wish = {"school_id": school, "child_id": str(family.child_id), "offering_id": await door.offering("K058")}
    place = (await door.http.post("/places", json=wish, headers=door.guardian(family))).json()
    clock.set(at_school_time(date(2026, 11, 23), time(18, 0)))
    end = await door.http.post(
        f"/places/{place['place_id']}/end", json={"school_id": school}, headers=door.guardian(family)
    )
    assert (end.status_code, end.json()["until_on"]) == (200, "2026-11-24")
    assert (
        end.json()["sentence"] == "今天的活动已经开始，孩子今天仍由老师照看到离校；从 2026-11-24 起不再参加。"
    )


async def test_anothers_place_answers_as_if_it_were_not_there(door: Door) -> None:
    family, other, *_ = await door.families()
    school = str(door.schools.primary)
    wish = {"school_id": school, "child_id": str(other.child_id), "offering_id": await door.offering("K058")}
    place = (await door.http.post("/places", json=wish, headers=door.guardian(other))).json()
    answers = [
        await door.http.post(f"/places/{one}/end", json={"school_id": school}, headers=door.guardian(family))
        for one in (place["place_id"], new_id())
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()


async def test_the_lengths_of_care_are_there_to_choose_from(door: Door) -> None:
    (family, *_) = await door.families()
    school = str(door.schools.primary)
    told = await door.http.get(f"/places/care/options?school_id={school}", headers=door.guardian(family))
    lengths = {one["grade"]: [length["until"] for length in one["lengths"]] for one in told.json()["grades"]}
    assert lengths[1] == ["17:30:00", "18:30:00"]
    elsewhere = f"/places/care/options?school_id={door.schools.junior}"
    assert (await door.http.get(elsewhere, headers=door.guardian(family))).status_code == 404

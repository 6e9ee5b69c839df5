"""The teacher's phone over HTTP: hand-overs, scans, missing children, the day's layout."""

from typing import Any

import pytest

from services.contracts.personas import Persona
from services.kernel.clock import ManualClock
from services.kernel.ids import new_id
from tests.attendance.doors import Caller, Doors
from tests.attendance.phone import at
from tests.attendance.small_school import SmallSchool

DAY = "2026-11-23"


@pytest.fixture
def qin(doors: Doors, school: SmallSchool, clock: ManualClock) -> Caller:
    clock.set(at(16, 30))
    return doors.as_person(Persona.TEACHER, {school.school_id: school.qin})


@pytest.fixture
def homeroom(doors: Doors, school: SmallSchool) -> Caller:
    return doors.as_person(Persona.TEACHER, {school.school_id: school.homeroom_1})


def scans_of(school: SmallSchool, *indexes: int, **facts: Any) -> dict[str, Any]:
    told = {"occurred_at": at(16, 30).isoformat(), "method": "tap"}
    scans = [{"scan_id": str(new_id()), "child_id": str(school.children[index]), **told} for index in indexes]
    return {"service_on": DAY, "scans": scans, **facts}


async def test_a_class_is_offered_scanned_and_accepted(
    qin: Caller, homeroom: Caller, school: SmallSchool
) -> None:
    offer = {
        "hand_over_id": str(new_id()),
        "service_on": DAY,
        "child_ids": [str(child) for child in school.children[:4]],
        "occurred_at": at(16, 30).isoformat(),
    }
    told = await homeroom.post("/api/v1/hand-overs", offer)
    assert told.status_code == 201, told.text
    assert told.json()["offered"] == 4
    body = scans_of(school, 0, 1)
    first = await qin.post("/api/v1/scans", body)
    assert [each["outcome"] for each in first.json()["results"]] == ["received", "received"]
    assert first.json()["results"][0]["stay"]["adult_id"] == str(school.qin)
    assert (await qin.post("/api/v1/scans", body)).json() == first.json()
    listed = (await qin.get("/api/v1/hand-overs", service_on=DAY)).json()["hand_overs"]
    assert [child["name"] for child in listed[0]["under_way"]] == ["学生2", "学生3"]
    accepted = await qin.post(
        f"/api/v1/hand-overs/{offer['hand_over_id']}/acceptance",
        {
            "service_on": DAY,
            "child_ids": [str(school.children[2])],
            "counted": 2,
            "occurred_at": at(16, 30).isoformat(),
        },
    )
    assert (accepted.json()["counts"]["accepted"], accepted.json()["agrees"]) == (3, False)
    back = await homeroom.post(
        f"/api/v1/hand-overs/{offer['hand_over_id']}/taking-back",
        {"service_on": DAY, "child_ids": [str(school.children[3])]},
    )
    assert back.json()["settled_at"] is not None


@pytest.mark.parametrize(
    "odd",
    [
        {"occurred_at": "9999-12-31T23:59:59+00:00"},
        {"occurred_at": "0001-01-01T00:00:00+14:00"},
        {"child_id": None, "card": "https://example.com/" + "x" * 2000},
    ],
)
async def test_one_odd_scan_is_refused_alone_and_its_batch_is_taken(
    qin: Caller, school: SmallSchool, odd: dict[str, Any]
) -> None:
    body = scans_of(school, 0, 1)
    body["scans"][0] |= odd
    told = await qin.post("/api/v1/scans", body)
    assert [each["outcome"] for each in told.json()["results"]] == ["refused", "received"]


async def test_a_card_is_scanned(doors: Doors, qin: Caller, school: SmallSchool) -> None:
    told = await qin.get("/api/v1/boards/cards", grade=3, class_name="1班")
    cards = told.json()["cards"]
    assert [card["name"] for card in cards][:2] == ["学生0", "学生1"]
    body = scans_of(school, 0)
    body["scans"][0] |= {"child_id": None, "card": cards[0]["card"], "method": "card"}
    body["scans"].append({**body["scans"][0], "scan_id": str(new_id()), "card": "K1.S009.AAAA.BBBB"})
    results = (await qin.post("/api/v1/scans", body)).json()["results"]
    assert [each["outcome"] for each in results] == ["received", "refused"]
    assert results[1]["problem"]["type"] == "urn:kehou:problem:bad-card"


@pytest.mark.parametrize("count", [0, 201, 10_000])
async def test_a_batch_has_one_to_two_hundred_scans(qin: Caller, school: SmallSchool, count: int) -> None:
    body = scans_of(school, 0)
    answer = await qin.post("/api/v1/scans", {**body, "scans": body["scans"] * count})
    assert answer.status_code in {413, 422}


async def test_guardians_do_not_scan_and_other_schools_see_nothing(
    doors: Doors, school: SmallSchool, clock: ManualClock
) -> None:
    clock.set(at(16, 30))
    guardian = doors.as_person(Persona.GUARDIAN, {school.school_id: school.guardians[0]})
    assert (await guardian.post("/api/v1/scans", scans_of(school, 0))).status_code == 403
    elsewhere = doors.as_person(Persona.TEACHER, {new_id(): new_id()})
    answer = await elsewhere.post("/api/v1/scans", scans_of(school, 0))
    assert answer.json()["type"] == "urn:kehou:problem:day-not-laid-out"


async def test_who_works_at_two_schools_says_which(
    doors: Doors, school: SmallSchool, clock: ManualClock
) -> None:
    clock.set(at(16, 30))
    both = doors.as_person(Persona.TEACHER, {school.school_id: school.qin, new_id(): new_id()})
    assert (await both.post("/api/v1/scans", scans_of(school, 0))).status_code == 422
    named = f"/api/v1/scans?school_id={school.school_id}"
    assert (await both.post(named, scans_of(school, 0))).json()["results"][0]["outcome"] == "received"
    foreign = f"/api/v1/scans?school_id={new_id()}"
    assert (await both.post(foreign, scans_of(school, 0))).status_code == 404


async def test_an_absence_is_settled_once_per_key(qin: Caller, school: SmallSchool) -> None:
    path, key = f"/api/v1/stays/{school.children[0]}/absence", str(new_id())
    first = await qin.post(path, {"service_on": DAY, "reason": "leave"}, key=key)
    assert first.json() == {"child_id": str(school.children[0]), "state": "excused", "missing": False}
    again = await qin.post(path, {"service_on": DAY, "reason": "leave"}, key=key)
    assert again.json() == first.json()
    assert (await qin.get("/api/v1/missing", service_on=DAY)).json() == {"cases": []}


async def test_a_leader_lays_the_day_out_and_a_teacher_does_not(
    doors: Doors, qin: Caller, school: SmallSchool
) -> None:
    assert (await qin.post(f"/api/v1/days/{DAY}/layout")).status_code == 403
    leader = doors.as_person(Persona.DUTY_LEADER, {school.school_id: school.leader})
    told = (await leader.post(f"/api/v1/days/{DAY}/layout")).json()
    assert (told["sessions"], told["children"]) == (4, 11)
    sunday = await leader.post("/api/v1/days/2026-11-29/layout")
    assert sunday.json()["type"] == "urn:kehou:problem:no-service-that-day"

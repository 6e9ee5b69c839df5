"""Menu, calendar and partners over HTTP: who may do what, and what a stranger finds."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.contracts.personas import Persona
from services.kernel.clock import ManualClock
from services.kernel.ids import new_id
from tests.enrollment.conftest import Schools
from tests.enrollment.door import Door, open_door

CLUB = {
    "title": "剪纸",
    "kind": "club",
    "nature": "regular",
    "weekdays": [6, 6],
    "starts": "14:00",
    "ends": "15:00",
    "grades": [2, 1],
    "capacity": 20,
}


@pytest.fixture
async def door(own_copy: Schools, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Door]:
    async with open_door(own_copy, clock, tmp_path) as opened:
        yield opened


async def teacher(door: Door, number: str = "T045") -> dict[str, str]:
    async with door.schools.database.transaction([door.schools.primary]) as tx:
        found = await tx.scalar(text("SELECT staff_id FROM staff WHERE staff_no = :no"), {"no": number})
    return door.token(Persona.TEACHER, S001=found)


async def send(
    door: Door, method: str, path: str, headers: dict[str, str], body: Any = None, **query: str
) -> tuple[int, Any]:
    answer = await door.http.request(
        method, path, json=body, params=query, headers={**headers, "Idempotency-Key": new_id().hex}
    )
    return answer.status_code, answer.json()


async def test_an_offering_goes_from_a_teachers_idea_to_the_public_menu(door: Door) -> None:
    school = str(door.schools.primary)
    mine = await teacher(door)
    status, proposal = await send(
        door, "POST", "/menu/proposals", mine, {"school_id": school, "offering": CLUB}
    )
    assert (status, proposal["state"], proposal["weekdays"], proposal["grades"]) == (
        201, "proposed", [6], [1, 2],
    )  # fmt: skip
    path = f"/menu/proposals/{proposal['offering_id']}"
    status, approved = await send(
        door,
        "POST",
        f"{path}/approval",
        door.officer,
        {"school_id": school, "changes": {"capacity": 18, "aims": "会剪团花"}},
    )
    assert (status, approved["state"], approved["findings"]) == (200, "draft", [])
    assert (await send(door, "POST", f"/schools/{school}/menu/publications", door.officer))[0] == 201
    _, menu = await send(door, "GET", f"/public/schools/{school}/menu", {})
    line = next(one for one in menu["offerings"] if one["code"] == approved["code"])
    assert (line["capacity"], line["aims"], line["starts"]) == (18, "会剪团花", "14:00:00")
    _, own = await send(door, "GET", "/menu/proposals", mine, school_id=school)
    assert [one["state"] for one in own["offerings"]] == ["published"]
    _, others = await send(door, "GET", "/menu/proposals", await teacher(door, "T046"), school_id=school)
    assert others["offerings"] == []


async def test_officers_see_the_old_and_the_new_and_families_the_old(door: Door) -> None:
    school, key = str(door.schools.primary), await door.offering("K055")
    body = {"school_id": school, "changes": {"capacity": 30, "starts": "17:40"}}
    status, changed = await send(door, "PATCH", f"/offerings/{key}", door.officer, body)
    assert (status, changed["capacity"], changed["pending"]) == (
        200, 24, {"capacity": 30, "starts": "17:40:00"},
    )  # fmt: skip
    (family, *_) = await door.families()
    _, offered = await send(door, "GET", "/offerings", door.guardian(family), school_id=school)
    assert next(one["capacity"] for one in offered["offerings"] if one["code"] == "K055") == 24
    _, menu = await send(door, "GET", "/menu", door.officer, school_id=school)
    assert [one["code"] for one in menu["offerings"] if one["pending"]] == ["K055"]
    status, kept = await send(door, "DELETE", f"/offerings/{key}/change", door.officer, school_id=school)
    assert (status, kept["pending"]) == (200, None)


async def test_a_tampered_body_is_refused_whole(door: Door) -> None:
    school, key = str(door.schools.primary), await door.offering("K055")
    for changes in (
        {"state": "published"},
        {"basic": True},
        {"weekdays": [9]},
        {"fee_fen": -1},
        {"version": 1},
    ):
        body = {"school_id": school, "changes": changes}
        assert (await send(door, "PATCH", f"/offerings/{key}", door.officer, body))[0] == 422, changes


async def test_an_offering_is_withdrawn_and_not_offered_any_more(door: Door) -> None:
    school, key = str(door.schools.primary), await door.offering("K055")
    body = {"school_id": school, "reason": "教师调离"}
    status, gone = await send(door, "POST", f"/offerings/{key}/withdrawal", door.officer, body)
    assert (status, gone["state"], gone["reason"]) == (200, "withdrawn", "教师调离")
    status, again = await send(door, "POST", f"/offerings/{key}/withdrawal", door.officer, body)
    assert (status, again["type"]) == (409, "urn:kehou:problem:offering-withdrawn")


async def test_a_snow_day_is_set_and_everybody_reads_it(door: Door) -> None:
    school = str(door.schools.primary)
    body = {"school_id": school, "runs_as": None, "reason": "大雪停课"}
    status, day = await send(door, "PUT", "/calendar/days/2026-11-24", door.officer, body)
    assert (status, day["runs_as"], day["why"]) == (200, None, "大雪停课")
    (family, *_) = await door.families()
    for path, headers, query in (
        ("/calendar", door.guardian(family), {"school_id": school}),
        (f"/public/schools/{school}/calendar", {}, {}),
    ):
        _, calendar = await send(door, "GET", path, headers, **query)
        days = {one["on"]: one for one in calendar["days"]}
        assert (days["2026-11-24"]["runs_as"], days["2026-11-25"]["runs_as"]) == (None, 3)
        assert days["2027-01-01"]["why"] == "元旦"
        assert "尚未录入" in days["2027-01-04"]["warning"]
    status, day = await send(door, "DELETE", "/calendar/days/2026-11-24", door.officer, school_id=school)
    assert (status, day["runs_as"]) == (200, 2)


async def test_terms_are_put_on_file_with_what_the_policy_says(door: Door) -> None:
    school = str(door.schools.primary)
    body = {
        "school_id": school,
        "name": "2027年寒假",
        "kind": "winter_opening",
        "starts_on": "2027-01-25",
        "ends_on": "2027-01-28",
    }
    status, term = await send(door, "POST", "/calendar/terms", door.officer, body)
    assert (status, [one["rule"] for one in term["findings"]]) == (201, ["R13"])
    path = f"/calendar/terms/{term['term_id']}"
    status, term = await send(door, "PUT", path, door.officer, {**body, "ends_on": "2027-01-31"})
    assert (status, term["findings"]) == (200, [])
    _, terms = await send(door, "GET", "/calendar/terms", door.officer, school_id=school)
    assert [one["kind"] for one in terms["terms"]] == ["term", "winter_opening"]
    overlapping = {**body, "name": "第二学期", "kind": "term"}
    status, refused = await send(door, "POST", "/calendar/terms", door.officer, overlapping)
    assert (status, refused["type"], refused["other"]) == (
        409, "urn:kehou:problem:terms-overlap", "2027年寒假",
    )  # fmt: skip


async def test_partners_are_kept_with_their_papers(door: Door) -> None:
    school = str(door.schools.primary)
    body: dict[str, Any] = {"school_id": school, "name": "上党梆子剧团", "kind": "specialist"}
    status, partner = await send(door, "POST", "/partners", door.officer, body)
    assert (status, partner["kind_label"], partner["lacking"]) == (201, "专业人员", "没有登记资质")
    papers = {
        "qualification": "演员证 140481",
        "check_no": "HC-7",
        "checked_on": "2026-09-01",
        "check_valid_until": "2027-08-31",
    }
    path = f"/partners/{partner['partner_id']}"
    status, partner = await send(door, "PUT", path, door.officer, {**body, **papers})
    assert (status, partner["lacking"]) == (200, None)
    _, listed = await send(door, "GET", "/partners", door.officer, school_id=school)
    assert [one["name"] for one in listed["partners"]] == ["上党梆子剧团"]


async def test_children_are_invited_by_the_offerings_teacher(door: Door) -> None:
    school, mine = str(door.schools.primary), await teacher(door)
    offering = {**CLUB, "by_invitation": True, "kind": "tutoring"}
    _, proposal = await send(
        door, "POST", "/menu/proposals", mine, {"school_id": school, "offering": offering}
    )
    (family, *_) = await door.families()
    path = f"/offerings/{proposal['offering_id']}/invitations"
    body = {"school_id": school, "child_ids": [str(family.child_id)]}
    status, invited = await send(door, "POST", path, mine, body)
    assert (status, [one["child_id"] for one in invited["children"]]) == (201, [str(family.child_id)])
    assert (await send(door, "POST", path, await teacher(door, "T046"), body))[0] == 403
    status, invited = await send(door, "DELETE", f"{path}/{family.child_id}", mine, school_id=school)
    assert (status, invited["children"]) == (200, [])


async def test_no_id_of_another_school_opens_anything(door: Door) -> None:
    """An officer of the junior school, with ids of the primary one, as if nothing were there."""
    theirs = str(door.schools.primary)
    own = str(door.schools.junior)
    key = await door.offering("K055")
    stranger = door.token(Persona.ENROLMENT_OFFICER, S002=door.schools.officers["S002"])
    tried: list[tuple[str, str, Any, dict[str, str]]] = [
        ("GET", "/menu", None, {"school_id": theirs}),
        ("GET", "/partners", None, {"school_id": theirs}),
        ("GET", "/calendar", None, {"school_id": theirs}),
        ("GET", "/calendar/terms", None, {"school_id": theirs}),
        ("POST", "/offerings", {"school_id": theirs, "offering": CLUB}, {}),
        ("POST", f"/offerings/{key}/withdrawal", {"school_id": theirs, "reason": "捣乱"}, {}),
        ("POST", f"/offerings/{key}/withdrawal", {"school_id": own, "reason": "捣乱"}, {}),
        ("PATCH", f"/offerings/{key}", {"school_id": own, "changes": {"capacity": 1}}, {}),
        ("GET", f"/offerings/{key}/invitations", None, {"school_id": own}),
        ("PUT", f"/partners/{new_id()}", {"school_id": own, "name": "甲", "kind": "parent"}, {}),
        ("PUT", "/calendar/days/2026-11-24", {"school_id": theirs, "runs_as": None, "reason": "雪"}, {}),
        ("POST", f"/menu/proposals/{key}/approval", {"school_id": own}, {}),
    ]
    for method, path, body, query in tried:
        status, answer = await send(door, method, path, stranger, body, **query)
        assert status == 404, (method, path, answer)


async def test_families_and_teachers_change_no_menu(door: Door) -> None:
    school, key = str(door.schools.primary), await door.offering("K055")
    (family, *_) = await door.families()
    day = date(2026, 11, 24).isoformat()
    tried: list[tuple[str, str, Any, dict[str, str]]] = [
        ("GET", "/menu", None, {"school_id": school}),
        ("GET", "/partners", None, {"school_id": school}),
        ("POST", "/offerings", {"school_id": school, "offering": CLUB}, {}),
        ("PATCH", f"/offerings/{key}", {"school_id": school, "changes": {"capacity": 1}}, {}),
        ("POST", f"/offerings/{key}/withdrawal", {"school_id": school, "reason": "捣乱"}, {}),
        ("PUT", f"/calendar/days/{day}", {"school_id": school, "runs_as": None, "reason": "雪"}, {}),
        ("POST", f"/menu/proposals/{key}/refusal", {"school_id": school, "reason": "不"}, {}),
    ]
    for headers in (door.guardian(family), await teacher(door)):
        for method, path, body, query in tried:
            assert (await send(door, method, path, headers, body, **query))[0] == 403, (method, path)
    proposal = {"school_id": school, "offering": CLUB}
    assert (await send(door, "POST", "/menu/proposals", door.guardian(family), proposal))[0] == 403

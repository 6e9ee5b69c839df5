"""Health notes, priority groups and blocked persons: who may see them, and that every look is written down."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.contracts.personas import STAFF, Persona
from services.enrollment.app import ROUTERS
from services.enrollment.policy import read_policy
from services.kernel.clock import ManualClock
from tests.enrollment.conftest import Family, Schools
from tests.enrollment.door import Door, open_door

GROUP = read_policy().priority_groups[0]
NOTE = "对花生过敏，随身带药"
ORDER = "（2026）潞01民初77号"


@pytest.fixture
async def door(own_copy: Schools, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Door]:
    async with open_door(own_copy, clock, tmp_path) as opened:
        yield opened


def as_(door: Door, persona: str) -> dict[str, str]:
    return door.token(persona, S001=door.schools.officers["S001"])


async def put(door: Door, child: Any, what: str, headers: dict[str, str], **body: Any) -> int:
    told = {"school_id": str(door.schools.primary), **body}
    answer = await door.http.put(f"/families/children/{child}/{what}", headers=headers, json=told)
    return answer.status_code


async def marked(door: Door) -> Family:
    """A child with a note, a group and somebody who must not collect it."""
    (family, *_) = await door.families()
    assert await put(door, family.child_id, "health-note", door.officer, note=NOTE) == 200
    assert await put(door, family.child_id, "priority-groups", door.officer, groups=[GROUP]) == 200
    block = {
        "school_id": str(door.schools.primary), "name": "刘某某", "phone": "13700009999",
        "reason": "离异后争抢", "order_no": ORDER,
    }  # fmt: skip
    answer = await door.http.post(
        f"/families/children/{family.child_id}/blocked", headers=door.officer, json=block
    )
    assert answer.status_code == 201
    return family


@pytest.mark.parametrize(
    ("address", "readers"),
    [
        ("/families/health-notes", {Persona.ENROLMENT_OFFICER, Persona.CLINIC}),
        ("/families/priority-groups", {Persona.ENROLMENT_OFFICER}),
        ("/families/sensitive-reads", {Persona.SCHOOL_ADMIN}),
    ],
)
async def test_each_list_opens_to_its_own_readers_only(
    address: str, readers: set[Persona], door: Door
) -> None:
    for persona in (*STAFF, Persona.GUARDIAN):
        answer = await door.http.get(
            address, headers=as_(door, persona), params={"school_id": str(door.schools.primary)}
        )
        assert answer.status_code == (200 if persona in readers else 403), persona


async def test_every_look_is_written_down_with_who_of_whom_and_what(door: Door) -> None:
    family = await marked(door)
    query = {"school_id": str(door.schools.primary), "child_id": str(family.child_id)}
    health = await door.http.get("/families/health-notes", headers=as_(door, Persona.CLINIC), params=query)
    assert [note["note"] for note in health.json()["notes"]] == [NOTE]
    groups = await door.http.get("/families/priority-groups", headers=door.officer, params=query)
    assert groups.json()["children"][0]["groups"] == [GROUP]
    page = f"/families/children/{family.child_id}"
    blocked = await door.http.get(f"{page}/blocked", headers=door.officer, params=query)
    assert [one["order_no"] for one in blocked.json()["blocked"]] == [ORDER]
    masked = await door.http.get(page, headers=door.officer, params=query)
    assert all("****" in one["phone"] for one in masked.json()["guardians"])
    full = await door.http.get(page, headers=door.officer, params={**query, "phones": "full"})
    assert not any("****" in one["phone"] for one in full.json()["guardians"])
    reads = await door.http.get(
        "/families/sensitive-reads", headers=as_(door, Persona.SCHOOL_ADMIN), params=query
    )
    assert [read["what"] for read in reads.json()["reads"]] == ["phone", "blocked", "priority", "health"]
    officer = str(door.schools.officers["S001"])
    assert {(read["staff_id"], read["child_id"]) for read in reads.json()["reads"]} == {
        (officer, str(family.child_id))
    }


async def test_a_note_and_a_group_are_replaced_and_taken_away(door: Door) -> None:
    family = await marked(door)
    other = read_policy().priority_groups[1]
    assert await put(door, family.child_id, "health-note", as_(door, Persona.CLINIC), note=None) == 200
    assert await put(door, family.child_id, "priority-groups", door.officer, groups=[other]) == 200
    query = {"school_id": str(door.schools.primary), "child_id": str(family.child_id)}
    health = await door.http.get("/families/health-notes", headers=door.officer, params=query)
    assert health.json() == {"notes": []}
    groups = await door.http.get("/families/priority-groups", headers=door.officer, params=query)
    assert groups.json()["children"][0]["groups"] == [other]
    assert await put(door, family.child_id, "priority-groups", door.officer, groups=["关系户"]) == 422
    clinic = as_(door, Persona.CLINIC)
    assert await put(door, family.child_id, "priority-groups", clinic, groups=[]) == 403


async def test_a_child_of_another_school_is_not_there(door: Door) -> None:
    async with door.schools.database.transaction([door.schools.junior]) as tx:
        foreign = await tx.scalar(text("SELECT child_id FROM child LIMIT 1"))
    assert await put(door, foreign, "health-note", door.officer, note="x") == 404
    own, other = str(door.schools.primary), str(door.schools.junior)
    page = f"/families/children/{foreign}"
    for address in (page, f"{page}/blocked", "/families/health-notes"):
        for school in (own, other):
            answer = await door.http.get(
                address, headers=door.officer, params={"school_id": school, "child_id": str(foreign)}
            )
            assert answer.status_code == 404, address


def family_facing() -> list[str]:
    """Every address that only asks and names nothing but a school, a child or a term."""
    found = []
    for router in ROUTERS:
        for route in router.routes:
            path = str(getattr(route, "path", ""))
            if "GET" in getattr(route, "methods", ()) and path.startswith("/api/v1"):
                found.append(path.removeprefix("/api/v1"))
    return found


async def test_no_answer_to_a_family_or_to_everybody_tells_what_is_sensitive(door: Door) -> None:
    family = await marked(door)
    ids = {"school_id": door.schools.primary, "child_id": family.child_id}
    told: list[str] = []
    answered = 0
    for path in family_facing():
        for headers in (door.guardian(family), {}):
            address = path
            for name, value in ids.items():
                address = address.replace("{" + name + "}", str(value))
            if "{" in address:
                continue
            params = {name: str(value) for name, value in ids.items()}
            answer = await door.http.get(address, headers=headers, params=params)
            answered += answer.status_code == 200
            secrets = (NOTE, GROUP, ORDER, "刘某某", "priority_group")
            told += [address for secret in secrets if secret in answer.text]
    assert answered > 5
    assert told == []


async def test_an_officers_page_of_a_child_shows_nothing_of_the_three_either(door: Door) -> None:
    family = await marked(door)
    answer = await door.http.get(
        f"/families/children/{family.child_id}",
        headers=as_(door, Persona.SCHOOL_ADMIN),
        params={"school_id": str(door.schools.primary)},
    )
    assert answer.status_code == 200
    assert not any(secret in answer.text for secret in (NOTE, GROUP, ORDER))

"""No id of another family opens anything: to a stranger, a guardian of yesterday and one of two schools alike."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.contracts.personas import Persona
from services.kernel.clock import ManualClock
from services.kernel.ids import new_id
from tests.enrollment.conftest import NOON, Family, Schools
from tests.enrollment.door import Door, open_door
from tests.enrollment.small_rounds import OPENS
from tests.enrollment.test_rounds_doors import announce

Headers = dict[str, str]
Call = tuple[str, str, dict[str, Any]]


@pytest.fixture
async def door(own_copy: Schools, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Door]:
    clock.set(NOON)
    async with open_door(own_copy, clock, tmp_path) as opened:
        yield opened


@dataclass(frozen=True)
class Belongings:
    """What a family has at the school, by id."""

    child: str
    place: str
    entry: str
    swap: str
    collector: str

    @classmethod
    def of_nobody(cls) -> "Belongings":
        return cls(*(str(new_id()) for _ in range(5)))


async def send(door: Door, who: Headers, call: Call) -> httpx.Response:
    method, path, told = call
    headers = {**who, "Idempotency-Key": new_id().hex}
    if method in {"GET", "DELETE"}:
        return await door.http.request(method, path, headers=headers, params=told)
    return await door.http.request(method, path, headers=headers, json=told)


async def settle(door: Door, family: Family, other: Family) -> Belongings:
    """Give a family a place, an entry, a proposal and a collector."""
    school = {"school_id": str(door.schools.primary)}
    mine, child = door.guardian(family), str(family.child_id)

    async def made(path: str, key: str, who: Headers = mine, **told: Any) -> str:
        answer = await send(door, who, ("POST", path, {**school, **told}))
        assert answer.status_code == 201, answer.text
        return str(answer.json()[key])

    club, full = await door.offering("K058"), await door.offering("K064")
    await made("/places", "place_id", door.guardian(other), child_id=str(other.child_id), offering_id=full)
    async with door.schools.database.transaction([door.schools.primary]) as tx:
        await tx.execute(text("UPDATE offering SET capacity = 1 WHERE code = 'K064'"))
    place = await made("/places", "place_id", child_id=child, offering_id=club)
    person: dict[str, Any] = {
        "name": "刘奶奶", "relation": "祖母", "phone": "13700001111", "born_year": 1958,
        "valid_from": "2026-11-23", "valid_until": "2027-01-20", "weekdays": [1],
    }  # fmt: skip
    return Belongings(
        child=child,
        place=place,
        entry=await made("/waiting-list", "entry_id", child_id=child, offering_id=full),
        swap=await made("/swaps", "swap_id", place_id=place, wants_id=await door.offering("K061")),
        collector=await made("/collectors", "collector_id", child_id=child, **person),
    )


async def calls(door: Door, school_id: UUID, round_id: str, its: Belongings) -> list[Call]:
    """Everything that a guardian can do with an id."""
    school = {"school_id": str(school_id)}
    club = await door.offering("K056")
    person = {
        "name": "王二", "relation": "朋友", "phone": "13700002222", "born_year": 1980,
        "valid_from": "2026-11-23", "valid_until": "2027-01-20", "weekdays": [1],
    }  # fmt: skip
    wishes = {"children": [{"child_id": its.child, "offering_ids": [await door.offering("K055")]}]}
    return [
        ("POST", "/places", {**school, "child_id": its.child, "offering_id": club}),
        ("POST", "/places/care", {**school, "children": [{"child_id": its.child}]}),
        ("POST", f"/places/{its.place}/end", school),
        ("PUT", f"/rounds/{round_id}/wishes", {**school, **wishes}),
        ("POST", "/waiting-list", {**school, "child_id": its.child, "offering_id": club}),
        ("POST", f"/waiting-list/{its.entry}/acceptance", school),
        ("POST", f"/waiting-list/{its.entry}/refusal", school),
        ("POST", f"/waiting-list/{its.entry}/leave", school),
        ("POST", "/swaps", {**school, "place_id": its.place, "wants_id": club}),
        ("POST", f"/swaps/{its.swap}/taking", {**school, "place_id": its.place}),
        ("POST", f"/swaps/{its.swap}/withdrawal", school),
        ("POST", "/collectors", {**school, "child_id": its.child, **person}),
        ("DELETE", f"/collectors/{its.collector}", school),
        ("GET", f"/collectors/{its.collector}/photo", school),
    ]


async def nothing_opens(door: Door, who: Headers, round_id: str, its: Belongings, at: UUID) -> None:
    """See that each call is answered as it is for ids of nobody, and leaves everything as it was."""
    theirs = await calls(door, at, round_id, its)
    nobodys = await calls(door, at, round_id, Belongings.of_nobody())
    for known, unknown in zip(theirs, nobodys, strict=True):
        answers = [await send(door, who, call) for call in (known, unknown)]
        assert [answer.status_code for answer in answers] == [404, 404], (known, answers[0].text)
        assert answers[0].json() == answers[1].json(), known
    for path in ("/children", "/waiting-list", "/swaps", "/requests/mine"):
        assert its.child not in (await send(door, who, ("GET", path, {}))).text, path
    lists = await send(door, who, ("GET", f"/rounds/{round_id}/wishes", {"school_id": str(at)}))
    assert lists.json()["lists"] == []


async def test_no_id_of_another_family_opens_anything_to_anybody(door: Door, clock: ManualClock) -> None:
    family, other, stranger, *_ = await door.families()
    round_id = (await announce(door, offering_ids=[await door.offering("K055")]))["round_id"]
    clock.set(OPENS)
    its = await settle(door, family, other)
    here, there = door.schools.primary, door.schools.junior
    await nothing_opens(door, door.guardian(stranger), round_id, its, here)
    async with door.schools.database.transaction([there]) as tx:
        elsewhere = await tx.scalar(text("SELECT guardian_id FROM guardianship ORDER BY 1 LIMIT 1"))
    both = door.token(Persona.GUARDIAN, S001=stranger.guardian_id, S002=elsewhere)
    for school in (here, there):
        await nothing_opens(door, both, round_id, its, school)
    swapped = door.token(Persona.GUARDIAN, S001=elsewhere, S002=family.guardian_id)
    for school in (here, there):
        await nothing_opens(door, swapped, round_id, its, school)
    living = door.guardian(family)
    async with door.schools.database.transaction([here]) as tx:
        await tx.execute(
            text("UPDATE guardianship SET removed = true WHERE child_id = :child"), {"child": family.child_id}
        )
    await nothing_opens(door, living, round_id, its, here)

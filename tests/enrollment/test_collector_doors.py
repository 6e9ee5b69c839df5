"""Collectors over HTTP, as somebody tries them who must not collect the child."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.contracts.personas import Persona
from services.kernel.clock import ManualClock
from tests.enrollment.conftest import NOON, Family, Schools
from tests.enrollment.door import Door, open_door

JPEG = b"\xff\xd8\xff\xe0<html><script>alert(1)</script>"


@pytest.fixture
async def door(own_copy: Schools, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Door]:
    clock.set(NOON)
    async with open_door(own_copy, clock, tmp_path) as opened:
        yield opened


async def name(door: Door, family: Family, **but: Any) -> httpx.Response:
    told = {
        "school_id": str(door.schools.primary), "child_id": str(family.child_id), "name": "刘奶奶",
        "relation": "祖母", "phone": "13700001111", "born_year": 1958, "valid_from": "2026-11-23",
        "valid_until": "2027-01-20", "weekdays": [1, 5],
    }  # fmt: skip
    return await door.http.post("/collectors", json={**told, **but}, headers=door.guardian(family))


@pytest.mark.parametrize(
    "disguise",
    [
        {"name": "刘\u200b某某"},
        {"name": " 刘 某\u3000某\ufeff"},
        {"name": "刘某某\u2060\ufe00"},
        {"name": "阿强", "phone": "+86 137-0000-9999"},
        {"name": "阿强", "phone": "１３７００００９９９９"},
    ],
)
async def test_a_blocked_person_comes_under_no_other_writing_of_name_or_phone(
    door: Door, disguise: dict[str, str]
) -> None:
    family, *_ = await door.families()
    block = {
        "school_id": str(door.schools.primary), "name": "刘某某", "phone": "13700009999",
        "reason": "离异后争抢", "order_no": "（2026）潞01民初77号",
    }  # fmt: skip
    made = await door.http.post(
        f"/families/children/{family.child_id}/blocked", headers=door.officer, json=block
    )
    assert made.status_code == 201
    refused = await name(door, family, **disguise)
    assert (refused.status_code, refused.json()["type"]) == (
        409,
        "urn:kehou:problem:collector-not-possible",
    ), refused.text
    assert "刘某某" not in refused.text


async def test_a_name_that_shows_nothing_and_a_day_after_all_days_are_refused_by_name(door: Door) -> None:
    family, *_ = await door.families()
    assert (await name(door, family, name="\u200b\u3164")).status_code == 422
    assert (await name(door, family, phone="1370000\u0662\u0662\u0662\u0662")).status_code == 422
    late = await name(door, family, valid_from="9999-12-31", valid_until="9999-01-01")
    assert (late.status_code, late.json()["type"]) == (422, "urn:kehou:problem:validity-not-possible")


async def test_who_may_not_collect_shows_no_other_face_for_who_may(door: Door) -> None:
    family, stranger, *_ = await door.families()
    collector_id = (await name(door, family)).json()["collector_id"]
    address = f"/collectors/{collector_id}/photo"
    at = {"school_id": str(door.schools.primary)}
    given = await door.http.put(address, params=at, content=JPEG, headers=door.guardian(family))
    assert given.status_code == 200
    for who in (door.guardian(stranger), door.token(Persona.TEACHER, S002=door.schools.officers["S002"])):
        assert (await door.http.get(address, params=at, headers=who)).status_code == 404
    async with door.schools.database.transaction([door.schools.primary]) as tx:
        await tx.execute(text("UPDATE guardianship SET may_collect = false"))
    other = b"\x89PNG\r\n\x1a\n another face"
    refused = await door.http.put(address, params=at, content=other, headers=door.guardian(family))
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:kehou:problem:no-right-to-collect")
    shown = await door.http.get(address, params=at, headers=door.officer)
    assert shown.content == JPEG
    assert (shown.headers["content-type"], shown.headers["x-content-type-options"]) == (
        "image/jpeg",
        "nosniff",
    )

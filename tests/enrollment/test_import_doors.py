"""Spreadsheets over HTTP: reports, keys, and what is refused."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.kernel.clock import ManualClock
from tests.enrollment.conftest import EXAMPLES, Schools
from tests.enrollment.door import Door, open_door

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
async def door(own_copy: Schools, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Door]:
    async with open_door(own_copy, clock, tmp_path) as opened:
        yield opened


async def send(door: Door, kind: str, name: str, headers: dict[str, str], **query: Any) -> httpx.Response:
    files = {"file": (name, (EXAMPLES / name).read_bytes(), XLSX)}
    return await door.http.post(
        f"/imports/{kind}",
        files=files,
        headers=headers,
        params={"school_id": str(door.schools.primary), **query},
    )


async def test_a_dry_run_over_http_reports_row_by_row(door: Door) -> None:
    answer = await send(door, "roster", "messy-roster.xlsx", door.officer, dry_run=True)
    report = answer.json()
    assert answer.status_code == 200
    assert (report["written"], report["rejected"], len(report["findings"])) == (False, 5, 15)


async def test_a_file_with_bad_rows_is_a_conflict_that_carries_the_report(door: Door) -> None:
    answer = await send(door, "roster", "messy-roster.xlsx", door.officer)
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:kehou:problem:rows-rejected"
    assert answer.json()["report"]["rejected"] == 5


async def test_the_same_key_gets_the_same_report_and_another_file_is_refused(door: Door) -> None:
    headers = door.officer
    first = await send(door, "roster", "messy-roster.xlsx", headers, take="good_rows")
    assert first.json()["written"]
    again = await send(door, "roster", "messy-roster.xlsx", headers, take="good_rows")
    assert again.json() == first.json()
    other = await send(door, "roster", "primary-roster.xlsx", headers, take="good_rows")
    assert other.json()["type"] == "urn:kehou:problem:key-reused"


async def test_an_import_is_bound_to_the_difference_that_was_shown(door: Door) -> None:
    shown = await send(door, "roster", "messy-roster.xlsx", door.officer, dry_run=True)
    difference = shown.json()["difference"]
    assert (difference["changed"], difference["missing"]) != (0, 0)
    stale = await send(door, "roster", "messy-roster.xlsx", door.officer, take="good_rows", expects="0" * 64)
    assert (stale.status_code, stale.json()["type"]) == (409, "urn:kehou:problem:difference-changed")
    assert stale.json()["difference"]["digest"] == difference["digest"]
    agreed = await send(
        door, "roster", "messy-roster.xlsx", door.officer, take="good_rows", expects=difference["digest"]
    )
    assert agreed.json()["written"]


@pytest.mark.parametrize(
    ("kind", "content", "status", "slug"),
    [
        ("roster", b"not a workbook", 415, "not-a-spreadsheet"),
        ("roster", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), 415, "protected-workbook"),
        ("roster", bytes(11 << 20), 413, "file-too-large"),
        ("grades", b"x", 422, "unknown-kind"),
    ],
)
async def test_what_is_no_spreadsheet_is_refused_over_http(
    kind: str, content: bytes, status: int, slug: str, door: Door
) -> None:
    files = {"file": ("roster.xlsx", content, XLSX)}
    answer = await door.http.post(
        f"/imports/{kind}", files=files, headers=door.officer, params={"school_id": str(door.schools.primary)}
    )
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:kehou:problem:{slug}")


async def test_a_hundred_megabytes_are_refused_before_they_are_all_read(door: Door) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.xlsx"\r\n\r\n'
        for _ in range(100):
            sent += 1
            yield bytes(1 << 20)

    headers = {**door.officer, "Content-Type": "multipart/form-data; boundary=b"}
    answer = await door.http.post(
        "/imports/roster",
        content=endless(),
        headers=headers,
        params={"school_id": str(door.schools.primary)},
    )
    assert answer.status_code == 413
    assert sent < 20


async def test_a_guardian_imports_nothing_and_an_officer_only_for_the_own_school(door: Door) -> None:
    (family, *_) = await door.families()
    assert (await send(door, "roster", "primary-roster.xlsx", door.guardian(family))).status_code == 403
    query = {"school_id": str(door.schools.junior)}
    files = {"file": ("x.xlsx", (EXAMPLES / "junior-roster.xlsx").read_bytes(), XLSX)}
    answer = await door.http.post("/imports/roster", files=files, headers=door.officer, params=query)
    assert answer.status_code == 404
    assert (await send(door, "schools", "schools.xlsx", door.officer)).status_code == 403

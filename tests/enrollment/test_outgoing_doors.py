"""Lists over HTTP: a Chinese name, no more than one may see, a few rows in memory at a time."""

import io
import subprocess
import sys
from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook

from services.contracts.personas import Persona
from services.enrollment.outgoing.export_kinds import EXPORT_KINDS
from services.kernel.clock import ManualClock
from tests.enrollment.conftest import Schools
from tests.enrollment.door import Door, open_door


@pytest.fixture
async def door(own_copy: Schools, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Door]:
    async with open_door(own_copy, clock, tmp_path) as opened:
        yield opened


async def test_an_officer_gets_a_workbook_with_a_chinese_name(door: Door) -> None:
    asked = {"school_id": str(door.schools.primary)}
    answer = await door.http.get("/exports/roster", params=asked, headers=door.officer)
    assert answer.status_code == 200
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    assert answer.headers["cache-control"] == "no-store"
    name = answer.headers["content-disposition"].partition("filename*=UTF-8''")[2]
    assert unquote(name) == "实验小学学生名册20261123.xlsx"
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert load_workbook(io.BytesIO(answer.content)).worksheets[0].max_row == 1186


async def test_a_teacher_gets_rosters_of_the_own_offerings_only(door: Door) -> None:
    school = str(door.schools.primary)
    teacher = door.token(Persona.TEACHER, S001=door.schools.officers["S001"])
    own = await door.http.get("/exports/club-rosters", params={"school_id": school}, headers=teacher)
    assert own.status_code == 200
    refused = await door.http.get("/exports/roster", params={"school_id": school}, headers=teacher)
    assert refused.json()["type"] == "urn:kehou:problem:not-allowed"


async def test_lists_that_show_priority_groups_are_the_enrolment_officers_and_each_look_is_on_record(
    door: Door,
) -> None:
    asked = {"school_id": str(door.schools.primary)}
    admin = door.token(Persona.SCHOOL_ADMIN, S001=door.schools.officers["S001"])
    for kind in ("roster", "waiting-lists"):
        refused = await door.http.get(f"/exports/{kind}", params=asked, headers=admin)
        assert refused.json()["type"] == "urn:kehou:problem:not-allowed"
        assert (
            await door.http.get(f"/exports/{kind}", params=asked, headers=door.officer)
        ).status_code == 200
    looks = await door.http.get("/families/sensitive-reads", params=asked, headers=admin)
    assert looks.status_code == 200
    assert [(one["what"], one["child_id"]) for one in looks.json()["reads"]] == [("export", None)] * 2


async def test_no_list_opens_to_a_family_or_another_school(door: Door) -> None:
    (family, *_) = await door.families()
    asked = {"school_id": str(door.schools.primary)}
    stranger = door.token(Persona.ENROLMENT_OFFICER, S002=door.schools.officers["S002"])
    callers = ((door.guardian(family), 403), (stranger, 404))
    for kind, (headers, status) in product(EXPORT_KINDS.keys() - {"schools"}, callers):
        answer = await door.http.get(f"/exports/{kind}", params=asked, headers=headers)
        assert answer.status_code == status, kind
    bureaus = await door.http.get("/exports/schools", headers=door.officer)
    assert bureaus.status_code == 403


async def test_the_bureaus_list_is_the_operators(door: Door) -> None:
    answer = await door.http.get("/exports/schools", headers=door.token(Persona.OPERATOR))
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [row[0].value for row in sheet.iter_rows(min_row=3)] == ["S001", "S002", "S003", "S004"]


async def test_what_cannot_go_out_is_refused_by_name(door: Door) -> None:
    for kind, problem in (("marks", "unknown-export"), ("roster", "school-not-on-file")):
        answer = await door.http.get(f"/exports/{kind}", headers=door.officer)
        assert answer.json()["type"] == f"urn:kehou:problem:{problem}"


FLAT = """
import asyncio, io, resource
from services.enrollment.outgoing.sheet import Sheet
from services.enrollment.outgoing.write_workbook import write_workbook

async def batches(rows):
    for at in range(0, rows, 500):
        yield [(f"{at + n:08}", f"学生{at + n}", "19900000001", at) for n in range(500)]

async def write(rows):
    sheet = Sheet("学生名册", ("学号", "姓名", "手机", "次序"), batches(rows), tuple, "学生名册")
    with open("/dev/null", "wb") as file:
        assert await write_workbook([sheet], file) == rows

def most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

asyncio.run(write(500))
small = most()
asyncio.run(write(15_000))
print(most() - small)
"""


def test_thirty_times_the_rows_need_no_more_memory() -> None:
    """In a process of its own: what tests used before does not hide it."""
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", FLAT], capture_output=True, text=True, check=True, timeout=120
    )
    assert int(done.stdout) < 8_000, f"{done.stdout} KB more"

"""A school's proposed timetable: its officer asks, looks, edits and adopts; the menu stays as it is until then."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.personas import Persona
from services.enrollment.schools.current_term import current_term
from services.enrollment.timetable.proposal_on_file import as_on_file
from services.enrollment.timetable.propose_timetable import propose_timetable
from services.enrollment.timetable.question_from_menu import Asked, Choose
from services.enrollment.timetable.rules.plan_objections import plan_objections
from services.kernel.clock import ManualClock, school_day
from services.kernel.ids import new_id
from tests.enrollment.conftest import NOON, RolledBack, Schools
from tests.enrollment.door import Door, open_door

TO_DRAFTS = text("UPDATE offering SET state = 'draft' WHERE school_id = :school_id AND code = ANY(:codes)")

EVERY_HOUR = [{"weekdays": [1, 2, 3, 4, 5, 6, 7], "starts": [f"{hour:02}:00" for hour in range(24)]}]
NOBODY_ON_MONDAY = {"teacher_id": str(new_id()), "weekday": 1, "starts": "16:30", "ends": "17:30"}


@pytest.fixture
async def door(own_copy: Schools, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Door]:
    async with open_door(own_copy, clock, tmp_path) as opened:
        yield opened


async def drafts(door: Door, *codes: str) -> None:
    school = door.schools.primary
    async with door.schools.database.transaction([school]) as tx:
        await tx.execute(TO_DRAFTS, {"school_id": school, "codes": list(codes)})


async def propose(door: Door, **told: Any) -> dict[str, Any]:
    body = {"school_id": str(door.schools.primary), **told}
    answer = await door.http.post("/timetables", json=body, headers=door.officer)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def clubs_without_rooms(tx: AsyncSession, schools: Schools) -> None:
    """Every offering of the sample school loses its room, and all stand on Monday at once."""
    await tx.execute(
        text("UPDATE offering SET room_id = NULL WHERE school_id = :id").bindparams(id=schools.primary)
    )


async def test_a_whole_school_is_placed_within_ten_seconds_or_so(at: RolledBack, filled: Schools) -> None:
    """102 offerings, 68 rooms, no room known: every child could go somewhere and nobody is in two places."""
    async with at(filled.primary) as tx:
        await clubs_without_rooms(tx, filled)
        term = await current_term(tx, filled.primary, on=school_day(NOON))
        began = time.monotonic()
        proposal = await propose_timetable(
            tx,
            filled.primary,
            term.term_id,
            Asked(choose=Choose.ROOMLESS),
            by=filled.officers["S001"],
            now=NOON,
        )
        took = time.monotonic() - began
        on_file = await as_on_file(tx, proposal)
    assert len(on_file.question.wanted) == 102
    assert len(on_file.question.rooms) == 68
    assert len(on_file.plan) == 102
    assert not on_file.unplaced
    assert plan_objections(on_file.question, on_file.plan) == []
    assert took < 20, f"{took:.1f} s, of which the solver may take ten on a busy machine"


async def test_a_menu_without_a_clash_stays_as_it_is(at: RolledBack, filled: Schools) -> None:
    async with at(filled.junior) as tx:
        await tx.execute(text("UPDATE offering SET state = 'draft'"))
        term = await current_term(tx, filled.junior, on=school_day(NOON))
        officer = filled.officers["S002"]
        proposal = await propose_timetable(
            tx, filled.junior, term.term_id, Asked(choose=Choose.DRAFTS), by=officer, now=NOON
        )
        on_file = await as_on_file(tx, proposal)
    kept = [
        line for line, one in zip(on_file.plan, on_file.question.wanted, strict=True) if line == one.stands
    ]
    assert proposal.asked["best"]
    # A few move so that no grade has everything at one time.
    assert len(kept) >= 0.8 * len(on_file.plan)


async def test_an_officer_asks_looks_moves_and_adopts(door: Door) -> None:
    await drafts(door, "K055", "K056")
    school = str(door.schools.primary)
    ids = [await door.offering(code) for code in ("K055", "K056")]
    made = await propose(
        door,
        offerings=[{"offering_id": one} for one in ids],
        slots=[{"weekdays": [1, 2, 3, 4, 5], "starts": ["17:30"]}],
    )
    assert {line["code"] for line in made["plan"]} == {"K055", "K056"}
    assert (made["best"], made["conflicts"], made["unplaced"]) == (True, [], [])
    address = f"/timetables/{made['proposal_id']}"
    line = next(line for line in made["plan"] if line["code"] == "K055")

    there = {"school_id": school, "offering_id": line["offering_id"], "starts": "17:30", "ends": "18:30"}
    other = await taken_room(door)
    moved = await door.http.put(
        f"{address}/plan", json={**there, "room_id": other, "weekdays": [1, 2, 3]}, headers=door.officer
    )
    assert moved.status_code == 200, moved.text
    (clash, *_) = moved.json()["conflicts"]
    assert clash["code"] == "room_taken_twice"
    assert "K055" in clash["offerings"]
    assert len(clash["offerings"]) == 2

    refused = await door.http.post(f"{address}/adoption", json={"school_id": school}, headers=door.officer)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:kehou:problem:plan-clashes")

    back = {**there, "room_id": line["room_id"], "weekdays": line["weekdays"]}
    await door.http.put(f"{address}/plan", json=back, headers=door.officer)
    adopted = await door.http.post(f"{address}/adoption", json={"school_id": school}, headers=door.officer)
    assert adopted.status_code == 200, adopted.text
    assert adopted.json()["with_next_menu"] == []
    assert await stands(door, "K055") == (line["room_id"], line["weekdays"])
    again = await door.http.post(f"{address}/adoption", json={"school_id": school}, headers=door.officer)
    assert again.json()["type"] == "urn:kehou:problem:adopted-already"
    listed = await door.http.get("/timetables", params={"school_id": school}, headers=door.officer)
    assert [one["proposal_id"] for one in listed.json()["timetables"]] == [made["proposal_id"]]


async def test_a_published_offering_moves_with_the_next_menu_only(door: Door) -> None:
    offering, before = await door.offering("K055"), await stands(door, "K055")
    school = str(door.schools.primary)
    sunday = [{"weekdays": [7], "starts": ["09:00"]}]
    made = await propose(door, offerings=[{"offering_id": offering, "times_per_week": 1}], slots=sunday)
    assert made["plan"][0]["moved"]
    address = f"/timetables/{made['proposal_id']}/adoption"
    adopted = await door.http.post(address, json={"school_id": school}, headers=door.officer)
    assert (adopted.json()["written"], adopted.json()["with_next_menu"]) == ([], ["K055"])
    assert await stands(door, "K055") == before
    async with door.schools.database.transaction([door.schools.primary]) as tx:
        change = await tx.scalar(
            text("SELECT new_values FROM offering_change WHERE offering_id = :id"), {"id": offering}
        )
    assert change["weekdays"] == [7]


async def taken_room(door: Door) -> str:
    """A room in which something else stands at 17:30 on Tuesdays."""
    query = text(
        "SELECT room_id FROM offering WHERE school_id = :id AND 2 = ANY(weekdays) AND starts = '17:30'"
        " AND code NOT IN ('K055', 'K056') AND room_id IS NOT NULL ORDER BY code LIMIT 1"
    )
    async with door.schools.database.transaction([door.schools.primary]) as tx:
        return str(await tx.scalar(query, {"id": door.schools.primary}))


async def stands(door: Door, code: str) -> tuple[str, list[int]]:
    query = text("SELECT room_id, weekdays FROM offering WHERE school_id = :id AND code = :code")
    async with door.schools.database.transaction([door.schools.primary]) as tx:
        row = (await tx.execute(query, {"id": door.schools.primary, "code": code})).one()
    return str(row.room_id), list(row.weekdays)


async def test_what_cannot_be_placed_names_the_other_side(door: Door) -> None:
    """Two offerings of one teacher who is free at one hour only: one is placed, the other names it."""
    await drafts(door, "K055", "K056")
    school, ids = door.schools.primary, [await door.offering(code) for code in ("K055", "K056")]
    async with door.schools.database.transaction([school]) as tx:
        await tx.execute(
            text("UPDATE offering SET teacher_id = (SELECT teacher_id FROM offering WHERE code = 'K055')"
                 " WHERE code = 'K056'")
        )  # fmt: skip
    made = await propose(
        door,
        offerings=[{"offering_id": one, "times_per_week": 1} for one in ids],
        slots=[{"weekdays": [7], "starts": ["09:00"]}],
    )
    (left,), (line,) = made["unplaced"], made["plan"]
    assert {left["code"], line["code"]} == {"K055", "K056"}
    assert left["blockers"][0]["others"] == [line["code"]]
    assert line["title"] in left["sentence"]


async def test_clashes_of_the_menu_are_solved_together(door: Door) -> None:
    await drafts(door, "K055", "K056")
    school = door.schools.primary
    async with door.schools.database.transaction([school]) as tx:
        await tx.execute(
            text("UPDATE offering o SET room_id = w.room_id, weekdays = w.weekdays, starts = w.starts, ends = w.ends"
                 " FROM offering w WHERE o.code = 'K056' AND w.code = 'K055'"
                 " AND w.school_id = o.school_id AND o.school_id = :id"),
            {"id": school},
        )  # fmt: skip
    made = await propose(door, choose="clashing")
    assert {"K055", "K056"} <= {line["code"] for line in made["plan"]}
    assert made["conflicts"] == []


async def test_nobody_but_the_schools_officers_sees_a_proposal(door: Door) -> None:
    await drafts(door, "K055")
    made = await propose(door, choose="drafts")
    school, (family, *_) = str(door.schools.primary), await door.families()
    address = f"/timetables/{made['proposal_id']}"
    stranger = door.token(Persona.ENROLMENT_OFFICER, S002=door.schools.officers["S002"])
    for headers, status in ((door.guardian(family), 403), (stranger, 404)):
        answer = await door.http.get(address, params={"school_id": school}, headers=headers)
        assert answer.status_code == status
    junior = str(door.schools.junior)
    elsewhere = await door.http.get(address, params={"school_id": junior}, headers=stranger)
    assert (elsewhere.status_code, elsewhere.json()["type"]) == (404, "urn:kehou:problem:unknown-timetable")


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({}, "nothing-to-place"),
        ({"offerings": [{"offering_id": str(new_id())}]}, "unknown-offering"),
        ({"choose": "roomless", "away": [NOBODY_ON_MONDAY]}, "unknown-staff-or-room"),
        ({"choose": "drafts", "slots": EVERY_HOUR}, "question-too-large"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused_by_name(
    door: Door, told: dict[str, Any], problem: str
) -> None:
    if told.get("choose") == "drafts":
        await drafts(door, *(f"K{number:03}" for number in range(1, 60)))
    body = {"school_id": str(door.schools.primary), **told}
    answer = await door.http.post("/timetables", json=body, headers=door.officer)
    assert answer.json()["type"] == f"urn:kehou:problem:{problem}"

"""What journeys through rounds share: a town at noon, its rounds and clubs, and its lists beside attendance's copy."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.cli.demo.family_phone import FamilyPhone
from services.cli.demo.read_sheets import SheetChild
from services.kernel.clock import ManualClock, at_school_time
from tests.conftest import Databases
from tests.journeys.house import living_house
from tests.journeys.town import DAY, Town

NOON, OPENS, CLOSES, RESULTS = (
    at_school_time(DAY, time(hour, minute)) for hour, minute in ((12, 0), (12, 30), (13, 30), (14, 0))
)
_PLACES = text(
    "SELECT count(*) FROM place WHERE school_id = :school_id AND offering_id = :offering_id AND until_on IS NULL"
)


@asynccontextmanager
async def round_town(databases: Databases, folder: Path) -> AsyncIterator[Town]:
    """Found both schools on Monday noon."""
    async with living_house(databases, folder, ManualClock(NOON)) as house:
        town = Town(house)
        for name in ("primary", "junior"):
            await town.found(name)
        await house.settle()
        yield town


async def move_to(town: Town, instant: datetime) -> None:
    """Let it be ``instant``, and everything that is due happen."""
    town.house.clock.set(instant)
    await town.house.settle()


async def clubs(town: Town, school: str) -> dict[str, str]:
    """Return a school's offerings: id by code."""
    about = {"school_id": town.school_ids[school]}
    shown = await town.officers[school].ask("GET", "offerings", params=about)
    return {one["code"]: one["offering_id"] for one in shown["offerings"]}


async def make_smaller(town: Town, school: str, club: str, capacity: int) -> None:
    """Give a club fewer places, with the next number of the menu."""
    officer, school_id = town.officers[school], town.school_ids[school]
    changes = {"school_id": school_id, "changes": {"capacity": capacity}}
    await officer.ask("PATCH", f"offerings/{club}", json=changes)
    await officer.ask("POST", f"schools/{school_id}/menu/publications")


async def announce(town: Town, school: str, kind: str, offering_ids: Sequence[str], **more: Any) -> str:
    """Announce a round with the hours above; returns its id."""
    told = await town.officers[school].ask(
        "POST",
        "rounds",
        json={
            "school_id": town.school_ids[school],
            "kind": kind,
            "title": "社团选课",
            "visible_from": NOON.isoformat(),
            "opens_at": OPENS.isoformat(),
            "closes_at": CLOSES.isoformat(),
            "results_at": RESULTS.isoformat(),
            "most_clubs": 2,
            "offering_ids": list(offering_ids),
            **more,
        },
    )
    return str(told["round_id"])


def only_children(town: Town, school: str, grade: int) -> list[SheetChild]:
    """Return children of a grade whose guardian has no other child in the town."""
    everybody = [child.phone for sheets in town.sheets.values() for child in sheets.children]
    return [
        child
        for child in town.sheets[school].children
        if child.grade == grade and everybody.count(child.phone) == 1
    ]


def of_both_schools(town: Town, *, grades: Sequence[int]) -> tuple[SheetChild, SheetChild]:
    """Return one guardian's child at the primary and at the junior school."""
    elder = {child.phone: child for child in town.sheets["junior"].children if child.grade in grades}
    younger = next(
        child for child in town.sheets["primary"].children if child.grade in grades and child.phone in elder
    )
    return younger, elder[younger.phone]


async def child_at(phone: FamilyPhone, child: SheetChild) -> str:
    """Return the id under which the phone knows a child."""
    shown = (await phone.ask("GET", "children"))["children"]
    return str(next(one["child_id"] for one in shown if one["student_no"] == child.student_no))


async def copied_places(town: Town, school: str, club: str) -> dict[str, int]:
    """Count the children in a club, by who says so: enrollment, and attendance's copy."""
    facts = {"school_id": UUID(town.school_ids[school]), "offering_id": UUID(club)}
    counts = {}
    for service in ("enrollment", "attendance"):
        async with town.house.resources[service].database.transaction([facts["school_id"]]) as tx:
            counts[service] = int(await tx.scalar(_PLACES, facts) or 0)
    return counts

"""16:30: lessons end; homeroom teachers offer their classes, after-school teachers scan whoever stands there."""

import asyncio
from datetime import datetime
from typing import Any

from services.cli.demo.line import Broken
from services.cli.demo.receive_children import receive_children
from services.cli.demo.staff_phone import StaffPhone
from services.cli.demo.stage import Stage

FIRST_HOUR, SECOND_HOUR = "16:30", "17:30"
LAST_MOMENT = "16:38"
"""An offer that nobody accepted for ten minutes makes its children missing; the first is made at 16:29."""


async def hand_over_classes(stage: Stage) -> None:
    """Play 16:29 to 16:38; whoever is in no line is missing at 16:40."""
    with stage.show.step("16:30 homeroom teachers hand their classes over") as step:
        homerooms = [stage.staff[teacher.staff_no] for teacher in stage.cast.homerooms]
        async with stage.pace.before(stage.pace.at(LAST_MOMENT)):
            await asyncio.gather(*(_offer_class(stage, phone) for phone in homerooms))
            await asyncio.gather(*(_receive_class(stage, phone) for phone in homerooms))
        step.outcome = f"{len(stage.meant.received)} children received on {len(homerooms)} phones"


def children_at(bundle: dict[str, Any], instant: datetime) -> list[str]:
    """Return the ids of the children that the phone's owner expects in a session which begins at ``instant``."""
    mine = {
        session["session_id"]
        for session in bundle["sessions"]
        if session["mine"] and datetime.fromisoformat(session["starts_at"]) == instant
    }
    return [child["child_id"] for child in bundle["children"] if mine & set(child["session_ids"])]


async def _offer_class(stage: Stage, phone: StaffPhone) -> None:
    async with stage.pace.planned(stage.pace.at("16:29", minutes=stage.chance.uniform(0, 2))):
        shown = await phone.bundle()
        own = [
            child["child_id"]
            for child in shown["children"]
            if (child["grade"], child["class_name"]) == phone.sheet.homeroom and child["state"] == "expected"
        ]
        line = [child_id for child_id in own if stage.children[child_id].absence is None]
        if line:
            told = await phone.offer(line, at=stage.pace.now())
            if told["offered"] != len(line):
                raise Broken(f"{phone.name} offered {len(line)} children: {told}")


async def _receive_class(stage: Stage, phone: StaffPhone) -> None:
    async with stage.pace.planned(stage.pace.at("16:31", minutes=stage.chance.uniform(0, 2))):
        expected = children_at(await phone.bundle(), stage.pace.at(FIRST_HOUR))
        stage.first_room.update(dict.fromkeys(expected, phone))
    there = [child_id for child_id in expected if stage.children[child_id].absence is None]
    stage.meant.missing.update(set(expected) - set(there))
    await receive_children(stage, phone, there)

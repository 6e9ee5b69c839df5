"""16:40: expected children who are nowhere. Only people clear them: a note, a phone call, or the child itself."""

import asyncio

from services.cli.demo.cast import Child
from services.cli.demo.line import Broken
from services.cli.demo.receive_children import receive_children
from services.cli.demo.stage import Stage

TRIES = 120
PAUSE_SECONDS = 0.25
"""How often, and how long apart (real time), the leader looks until the platform has raised all cases."""
CONFIRMED = 3
"""So many are confirmed to be missing at once; others' families hear of it at 16:50 unless somebody was faster."""

NOTES = {
    "sick": "家长来电：孩子下午发烧，已接回家。",
    "went_home": "班主任核实：中午已由奶奶接走。",
    "with_other_teacher": "在美术老师处布置画展，五点前送回。",
}
"""What the teacher writes beside the reason."""


async def look_for_missing(stage: Stage) -> None:
    """Play 16:40 to 16:58: every case is looked into by a person, some after the family was told."""
    await stage.pace.until(stage.pace.at("16:40"))
    with stage.show.step("16:40 missing children are looked for") as step:
        async with stage.pace.before(stage.pace.at("16:44")):
            cases = await _all_raised(stage)
        async with stage.pace.before(stage.pace.at("17:15")):
            await asyncio.gather(
                *(_clear(stage, stage.children[child], case) for child, case in cases.items())
            )
        step.outcome = f"{len(cases)} missing, all found out about"


async def _all_raised(stage: Stage) -> dict[str, str]:
    """Wait until every child that is missing has a case; returns child -> case."""
    cases: dict[str, str] = {}
    for _ in range(TRIES):
        shown = await stage.leaders[0].ask(
            "GET", "missing", params={"service_on": stage.service_on, "open": "true"}
        )
        cases = {case["child_id"]: case["case_id"] for case in shown["cases"]}
        if cases.keys() >= stage.meant.missing:
            break
        await asyncio.sleep(PAUSE_SECONDS)
    if cases.keys() != stage.meant.missing:
        raise Broken(f"{len(stage.meant.missing)} children are not there, {len(cases)} cases were raised")
    for case_id in sorted(cases.values())[:CONFIRMED]:
        confirmed = {"service_on": stage.service_on}
        await stage.leaders[0].ask("POST", f"missing/{case_id}/confirmation", json=confirmed)
    return cases


async def _clear(stage: Stage, child: Child, case_id: str) -> None:
    """Find out where a child is."""
    phone = stage.first_room[child.child_id]
    async with stage.pace.planned(stage.pace.at("16:43", minutes=stage.chance.uniform(0, 12))):
        if child.absence == "turns_up":
            await receive_children(stage, phone, [child.child_id])
            return
        cleared = {
            "service_on": stage.service_on,
            "reason": child.absence,
            "note": NOTES[str(child.absence)],
        }
        await phone.ask("POST", f"missing/{case_id}/clearing", json=cleared)
    if child.absence == "with_other_teacher":
        async with stage.pace.planned(stage.pace.at("16:58")):
            await receive_children(stage, phone, [child.child_id])
    else:
        stage.meant.absent.add(child.child_id)

"""From 17:12 on: families come, show a pass and take their children home; others try to."""

import asyncio
from collections.abc import Sequence
from typing import Any

from services.cli.demo.cast import SHORT
from services.cli.demo.family_phone import FamilyPhone
from services.cli.demo.line import Broken
from services.cli.demo.make_trouble import BEFORE, ask_in_vain
from services.cli.demo.staff_phone import StaffPhone
from services.cli.demo.stage import Stage

AT_THE_GATE = 0.25
"""Share of families whose children a duty leader releases at the gate; the others come to the room."""
CHECKED = 0.3
"""Share of passes that the teacher looks at before she releases."""


async def hand_out_codes(stage: Stage) -> None:
    """Let families whose collector will be named by a court's order send it a code while that is still allowed."""
    for family in stage.families:
        if family.part.mischief == "blocked":
            own = family.only_child
            proof = await family.show_pass([own], by="code", collector=family.part.collector)
            stage.codes_in_hand[own] = proof


async def open_doors(stage: Stage) -> None:
    """Play all who come in time: until 17:29 for short care, until 18:29 for the rest."""
    in_time = [family for family in stage.families if not family.part.late]
    with stage.show.step("17:12 families collect their children") as step:
        async with asyncio.TaskGroup() as group:
            for until, bound in ((SHORT, "17:29"), (None, "18:29")):
                families = [one for one in in_time if (one.part.until == SHORT) == (until == SHORT)]
                group.create_task(_before(stage, families, bound))
        step.outcome = f"{len(stage.meant.released)} released, {len(stage.meant.refused)} refused"


async def _before(stage: Stage, families: Sequence[FamilyPhone], bound: str) -> None:
    async with stage.pace.before(stage.pace.at(bound)), asyncio.TaskGroup() as group:
        for family in families:
            group.create_task(come(stage, family))


async def come(stage: Stage, family: FamilyPhone) -> None:
    """Let somebody of the family come at its time, and the children go, in whatever way was dealt to it."""
    there = [child.child_id for child in family.part.there]
    if not there:
        return
    async with stage.pace.planned(stage.pace.at(family.part.until, minutes=family.part.comes_minutes)):
        if family.part.children[0].alone:
            await _let_go(stage, stage.holder[there[0]], there, {"kind": "permission"})
            stage.meant.alone.update(there)
            return
        if family.part.mischief in BEFORE:
            await BEFORE[family.part.mischief](stage, family)
        await _collect(stage, family, there)


async def _collect(stage: Stage, family: FamilyPhone, there: Sequence[str]) -> None:
    rooms = {stage.holder[child_id].sheet.staff_no for child_id in there}
    at_gate = len(rooms) > 1 or stage.chance.random() < AT_THE_GATE
    shown_twice = family.part.mischief == "used_code"
    phone = stage.chance.choice(stage.leaders) if at_gate and not shown_twice else stage.holder[there[0]]
    proof = await family.show_pass(there, by=family.part.shows, collector=family.part.collector)
    if stage.chance.random() < CHECKED:
        await phone.check_pass(proof)
    await _let_go(stage, phone, there, proof)
    if shown_twice:
        # Somebody found the note with the code on it and tries it at the gate.
        await ask_in_vain(stage, stage.leaders[0], there, proof, so="pass-used")


async def _let_go(stage: Stage, phone: StaffPhone, child_ids: Sequence[str], proof: dict[str, Any]) -> None:
    """Release, and be surprised by a refusal."""
    if refused := await phone.release(child_ids, proof, at=stage.pace.now()):
        raise Broken(f"{phone.sheet.name} could not release {child_ids}: {refused}")
    stage.meant.released.update(child_ids)

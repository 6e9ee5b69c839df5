"""After the end of care: nobody came for some. The ladder climbs until a person releases the child."""

import asyncio

from services.cli.demo.act_doors import come
from services.cli.demo.family_phone import FamilyPhone
from services.cli.demo.stage import Stage

SAYS_SO_AFTER = 4
"""Minutes of lateness after which a family on its way says so."""


async def wait_for_the_late(stage: Stage) -> None:
    """Play the late families; ends when the last child has gone home."""
    late = [family for family in stage.families if family.part.late]
    with stage.show.step("17:30 and 18:30 nobody came for some") as step:
        async with asyncio.TaskGroup() as group:
            for family in late:
                stage.meant.late.update(child.child_id for child in family.part.there)
                group.create_task(come(stage, family))
                if family.part.on_the_way:
                    group.create_task(_say_so(stage, family))
        step.outcome = f"{len(stage.meant.late)} children late, all home"


async def _say_so(stage: Stage, family: FamilyPhone) -> None:
    """“On my way”: the ladder rests until then, and does not end."""
    async with stage.pace.planned(stage.pace.at(family.part.until, minutes=SAYS_SO_AFTER)):
        until = stage.pace.at(family.part.until, minutes=family.part.comes_minutes)
        await family.on_my_way(family.only_child, until=until)
        stage.meant.paused.add(family.only_child)

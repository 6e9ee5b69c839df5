"""17:30: the bell; children walk to clubs and groups, offered by one teacher, scanned by the next."""

import asyncio
from collections import defaultdict

from services.cli.demo.act_hand_over import SECOND_HOUR, children_at
from services.cli.demo.line import Broken
from services.cli.demo.receive_children import receive_children
from services.cli.demo.staff_phone import StaffPhone
from services.cli.demo.stage import Stage

LAST_MOMENT = "17:38"


async def walk_between_rooms(stage: Stage) -> None:
    """Play 17:27 to 17:38; an offer that nobody accepts makes its children missing at 17:39."""
    await stage.pace.until(stage.pace.at("17:27"))
    with stage.show.step("17:30 children walk between rooms") as step:
        async with stage.pace.before(stage.pace.at(LAST_MOMENT)):
            expected = await _who_expects_whom(stage)
            await _offer_leaving(stage, {child: phone for phone, line in expected for child in line})
            await asyncio.gather(*(_receive_arriving(stage, phone, line) for phone, line in expected))
        step.outcome = f"{sum(len(line) for _, line in expected)} children to {len(expected)} rooms"


async def _who_expects_whom(stage: Stage) -> list[tuple[StaffPhone, list[str]]]:
    """Ask each phone for its second session: who is in the school and expected there."""

    async def ask(phone: StaffPhone) -> tuple[StaffPhone, list[str]]:
        line = children_at(await phone.bundle(), stage.pace.at(SECOND_HOUR))
        return phone, [child_id for child_id in line if child_id in stage.holder]

    phones = [stage.staff[teacher.staff_no] for teacher in stage.cast.teachers]
    return [(phone, line) for phone, line in await asyncio.gather(*map(ask, phones)) if line]


async def _offer_leaving(stage: Stage, takers: dict[str, StaffPhone]) -> None:
    """Let each first teacher offer those of her children who go on to somebody else's room."""
    lines: dict[str, list[str]] = defaultdict(list)
    for child_id, taker in takers.items():
        if stage.holder[child_id] is not taker:
            lines[stage.holder[child_id].sheet.staff_no].append(child_id)

    async def offer(phone: StaffPhone, line: list[str]) -> None:
        async with stage.pace.planned(stage.pace.at("17:29", minutes=stage.chance.uniform(0, 2))):
            told = await phone.offer(line, at=stage.pace.now())
            if told["offered"] != len(line):
                raise Broken(f"{phone.name} offered {len(line)} children: {told}")
            stage.meant.walked.update(line)

    await asyncio.gather(*(offer(stage.staff[number], line) for number, line in lines.items()))


async def _receive_arriving(stage: Stage, phone: StaffPhone, line: list[str]) -> None:
    async with stage.pace.planned(stage.pace.at("17:31", minutes=stage.chance.uniform(0, 1.5))):
        pass
    await receive_children(stage, phone, line)

"""In the middle of the day: processes are killed with -9. The supervisor starts them again; nothing is lost."""

import asyncio

from services.cli.demo.stage import Stage
from services.cli.platform import Platform

BREAKDOWNS = (
    ("16:34", ("notifications", "notifications-worker"), "notifications"),
    ("17:34", ("attendance-worker",), "attendance-worker"),
)
"""When, which processes, and for whose return we wait."""


async def break_things(stage: Stage, platform: Platform) -> None:
    """Kill at the hour, and wait until the successors work."""
    for hhmm, names, returns in BREAKDOWNS:
        await stage.pace.until(stage.pace.at(hhmm))
        with stage.show.step(f"{hhmm} kill -9 {' and '.join(names)}") as step:
            for name in names:
                platform.kill(name)
            await asyncio.gather(*(platform.ready_again(name) for name in (*names, returns)))
            stage.killed.update(names)
            step.outcome = f"back at {stage.pace.shown()}"

"""What is to be looked at: the duty board, the school's public page, the parents' phones; and who looks at it here."""

import asyncio

from services.cli.demo.act_open_school import SCHOOL_CODE
from services.cli.demo.stage import Stage

LOOK_SECONDS = 1.0


async def show_addresses(stage: Stage) -> None:
    """Print where to look; the ticket opens one browser within a minute."""
    ticket = await stage.leaders[0].ask("POST", "board-tickets", json={"school_id": stage.school_id})
    door, wechat = stage.lines.door.url, stage.lines.wechat.url
    stage.show.link("duty board", f"{door}{ticket['path']}")
    stage.show.link("school's page", f"{door}/schools/{SCHOOL_CODE}")
    stage.show.link("parents' phones", f"{wechat}/")
    stage.show.link("API docs", f"{door}/api/v1/docs")


async def watch(stage: Stage) -> None:
    """Look at the duty board and the stand-in's counts, again and again, as a screen on the wall would."""
    while True:
        board = await stage.leaders[0].ask("GET", "boards/duty", params={"service_on": stage.service_on})
        sent = (await stage.lines.wechat.call("GET", "/_standin/figures"))["totals"]
        counts = board["counts"]
        stage.show.count(
            {
                **counts,
                "missing": len(board["missing"]),
                "late": len(board["late"]),
                "wechat": sent.get("wechat_delivered", 0),
                "sms": sent.get("sms_delivered", 0),
            }
        )
        stage.show.pace = f"{stage.pace.rate:.0f} x"
        await asyncio.sleep(LOOK_SECONDS)

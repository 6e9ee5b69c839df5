"""The play: a school's first hour, the weekend before, one day, and the tally."""

import asyncio
from contextlib import suppress
from datetime import date
from random import Random
from typing import Any

from services.cli.demo.act_boards import show_addresses, watch
from services.cli.demo.act_breakdowns import break_things
from services.cli.demo.act_cards import begin_day, print_cards
from services.cli.demo.act_close import close_day, try_to_close_early
from services.cli.demo.act_doors import hand_out_codes, open_doors
from services.cli.demo.act_families import let_families_in
from services.cli.demo.act_hand_over import hand_over_classes
from services.cli.demo.act_lateness import wait_for_the_late
from services.cli.demo.act_missing import look_for_missing
from services.cli.demo.act_open_school import (
    EXAMPLES,
    import_court_order,
    import_lists,
    publish_menu,
    take_up_invitation,
)
from services.cli.demo.act_rounds import (
    announce_rounds,
    draw_clubs,
    let_a_place_go_on,
    run_for_the_rest,
)
from services.cli.demo.act_staff import log_staff_in
from services.cli.demo.act_walk import walk_between_rooms
from services.cli.demo.cast import deal_parts
from services.cli.demo.create_school import create_sample_school
from services.cli.demo.line import Line, open_http
from services.cli.demo.pace import Pace
from services.cli.demo.read_sheets import read_sheets
from services.cli.demo.show import Show
from services.cli.demo.stage import Stage
from services.cli.demo.tally import tally
from services.cli.demo.wechat_phone import Lines
from services.cli.platform import Platform

DAY = date(2026, 11, 23)
"""A Monday of the first term with service, by the policy's terms and the calendar."""
FRIDAY_EVENING = -69
"""Hours from 16:30 of the day: the domain's clock while the school is set up."""


async def play(platform: Platform, show: Show, *, seed: int, rate: float) -> dict[str, Any]:
    """Play the day on a platform that runs and is empty; returns the figures of the last line."""
    pace = Pace(platform.layout.clock, DAY, usual=rate)
    pace.show(pace.at("16:30", minutes=60 * FRIDAY_EVENING))
    cast = deal_parts(read_sheets(EXAMPLES, "primary"), DAY, seed=seed)
    async with open_http() as http:
        lines = Lines(Line(platform.gateway_url, http), Line(str(platform.standin_url), http))
        stage = Stage(cast, pace, lines, show, Random(seed))  # noqa: S311 - a play, no secret
        await set_up(stage, platform)
        await live_day(stage, platform)
        return await tally(stage, platform)


async def set_up(stage: Stage, platform: Platform) -> None:
    """From an empty platform, over the weekend with its rounds, to the evening before the day."""
    await take_up_invitation(stage, await create_sample_school(platform))
    await import_lists(stage)
    await publish_menu(stage)
    await announce_rounds(stage)
    await log_staff_in(stage)
    await let_families_in(stage)
    await draw_clubs(stage)
    await run_for_the_rest(stage)
    await let_a_place_go_on(stage)
    await print_cards(stage)


async def live_day(stage: Stage, platform: Platform) -> None:
    """From 16:20 until the day is closed. One act that fails ends the play."""
    stage.show.clock = stage.pace.shown
    await begin_day(stage)
    await show_addresses(stage)
    watching = asyncio.create_task(watch(stage))
    try:
        async with stage.pace.run(), asyncio.TaskGroup() as group:
            group.create_task(break_things(stage, platform))
            group.create_task(wait_for_the_late(stage))
            group.create_task(try_to_close_early(stage))
            await hand_over_classes(stage)
            await look_for_missing(stage)
            await hand_out_codes(stage)
            await import_court_order(stage)
            group.create_task(open_doors(stage))
            await walk_between_rooms(stage)
        await close_day(stage)
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching

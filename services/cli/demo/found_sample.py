"""The sample school on a platform that goes on running: what `up --sample` adds."""

from datetime import UTC, datetime
from random import Random

from services.cli.demo.act_open_school import EXAMPLES, import_lists, publish_menu, take_up_invitation
from services.cli.demo.cast import deal_parts
from services.cli.demo.create_school import create_sample_school
from services.cli.demo.line import Line, open_http
from services.cli.demo.pace import Pace
from services.cli.demo.read_sheets import read_sheets
from services.cli.demo.show import open_show
from services.cli.demo.stage import Stage
from services.cli.demo.wechat_phone import Lines
from services.cli.platform import Platform
from services.enrollment.schools.errors import SchoolExists
from services.kernel.clock import school_day


async def found_sample(platform: Platform) -> bool:
    """Found the primary school of ``examples/`` as its first officer would; False: it is there already.

    Needs the stand-in: the officer logs in by a code of its making.
    """
    today = school_day(datetime.now(UTC))
    try:
        invitation = await create_sample_school(platform)
    except SchoolExists:
        return False
    show = open_show()
    async with open_http() as http:
        lines = Lines(Line(platform.gateway_url, http), Line(str(platform.standin_url), http))
        cast = deal_parts(read_sheets(EXAMPLES, "primary"), today, seed=1)
        pace = Pace(platform.layout.clock, today, usual=1)
        stage = Stage(cast, pace, lines, show, Random(1))  # noqa: S311 - a play, no secret
        await take_up_invitation(stage, invitation)
        await import_lists(stage)
        await publish_menu(stage)
    return True

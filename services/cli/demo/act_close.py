"""The leader closes the day: not while a child is there, and then at once."""

from services.cli.demo.line import Broken, Refused
from services.cli.demo.stage import Stage


async def try_to_close_early(stage: Stage) -> None:
    """Try at 18:33, with children still waiting: refused, each of them named."""
    await stage.pace.until(stage.pace.at("18:33"))
    with stage.show.step("18:33 the leader would close the day") as step:
        try:
            await stage.leaders[1].ask("POST", f"days/{stage.service_on}/closing")
        except Refused as refusal:
            named = {child["child_id"] for child in refusal.problem.get("children", ())}
            waiting = stage.meant.late - stage.meant.released
            if refusal.slug != "day-not-balanced" or not named & waiting:
                raise
            step.outcome = f"refused: {len(named)} children are still there"
            return
        raise Broken("the day was closed while children were still there")


async def close_day(stage: Stage) -> None:
    """Close the day when the last child has gone."""
    with stage.show.step("the day is closed") as step:
        closed = await stage.principal.ask("POST", f"days/{stage.service_on}/closing")
        step.outcome = f"{closed['counts']['released']} released, {closed['counts']['absent']} absent"

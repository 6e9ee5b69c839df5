"""Cards are printed, class by class; and the day is laid out when its morning has come."""

import asyncio

from services.cli.demo.line import Broken, Refused
from services.cli.demo.stage import Stage

TRIES = 240
PAUSE_SECONDS = 0.25


async def print_cards(stage: Stage) -> None:
    """Fetch the texts of all cards; attendance must know the roster for it."""
    with stage.show.step("cards are printed") as step:

        async def print_class(grade: int, class_name: str) -> None:
            params = {"grade": grade, "class_name": class_name}
            for _ in range(TRIES):
                shown = await stage.officer.ask("GET", "boards/cards", params=params)
                if shown["cards"]:
                    break
                await asyncio.sleep(PAUSE_SECONDS)
            stage.cards.update({card["child_id"]: card["card"] for card in shown["cards"]})

        homerooms = [teacher.homeroom for teacher in stage.cast.homerooms if teacher.homeroom]
        await asyncio.gather(*(print_class(*homeroom) for homeroom in homerooms))
        if len(stage.cards) != len(stage.cast.names):
            raise Broken(f"{len(stage.cast.names)} children are on file, {len(stage.cards)} have a card")
        step.outcome = f"{len(stage.cards)} cards"


async def begin_day(stage: Stage) -> None:
    """Let it be 16:20, and wait until attendance expects whom families chose for.

    Raises:
        Broken: it expects others.
    """
    with stage.show.step("16:20 the day is laid out") as step:
        stage.pace.show(stage.pace.at("16:20"))
        expected = -1
        for _ in range(TRIES):
            try:
                shown = await stage.leaders[0].ask("GET", f"days/{stage.service_on}")
                expected = shown["counts"]["expected"]
            except Refused as refusal:
                if refusal.status != 404:
                    raise
            if expected == len(stage.meant.expected):
                break
            await asyncio.sleep(PAUSE_SECONDS)
        else:
            raise Broken(f"families chose for {len(stage.meant.expected)} children, {expected} are expected")
        step.outcome = f"{expected} children expected in {len(shown['sessions'])} sessions"

"""The evening before: families log in, agree, ask for care, sign, and run for the clubs."""

import asyncio
from collections.abc import Sequence
from typing import Any

from services.cli.demo.act_open_school import consent_texts
from services.cli.demo.family_phone import FamilyPhone
from services.cli.demo.line import Broken, Refused
from services.cli.demo.stage import Stage

AT_ONCE = 16
"""Families on their phones at the same moment: as many as keep every process of the platform busy."""
ALLOWED = 1
"""How often a family taps “allow”: “received” comes by WeChat, “released” waits in the app."""


async def let_families_in(stage: Stage) -> None:
    """Let every family do on its phone what comes before choosing, and ask for the week's care."""
    with stage.show.step("families log in, agree, ask for care, sign") as step:
        consents = await consent_texts(stage)
        agreement = await stage.officer.ask("GET", "agreements", params={"school_id": stage.school_id})
        templates = await template_ids(stage)
        stage.families = [
            FamilyPhone(stage.lines, part, stage.school_id, stage.service_on) for part in stage.cast.families
        ]

        turn = asyncio.Semaphore(AT_ONCE)

        async def settle_in(family: FamilyPhone) -> None:
            async with turn:
                await family.install(consents)
                await family.act_as("guardian")
                await family.find_children()
                await family.ask_for_care()
                if family.part.signs:
                    await family.sign(agreement)
                if family.part.allows != "nothing":
                    await family.allow_messages(templates, times=ALLOWED)
                if family.part.allows == "muted":
                    await family.mute(templates)

        async with asyncio.TaskGroup() as group:
            for family in stage.families:
                group.create_task(settle_in(family))
        stage.children = {child.child_id: child for child in stage.cast.children}
        stage.meant.expected.update(stage.children)
        step.outcome = f"{len(stage.families)} families with {len(stage.children)} children"


async def run_for_clubs(stage: Stage) -> None:
    """Let all claim at once: first come, first served; who meets a full club takes the next wish."""
    with stage.show.step("clubs: first come, first served") as step:
        offered = await stage.families[0].ask("GET", "offerings", params={"school_id": stage.school_id})
        by_code = {one["code"]: one["offering_id"] for one in offered["offerings"]}
        runners = [
            (family, child.child_id, [by_code[code] for code in child.wishes])
            for family in stage.families
            for child in family.part.children
            if child.wishes
        ]
        stage.chance.shuffle(runners)
        async with asyncio.TaskGroup() as group:
            for family, child_id, wishes in runners:
                group.create_task(_claim(stage, family, child_id, wishes))
        shown = await stage.families[0].ask("GET", "offerings", params={"school_id": stage.school_id})
        _check_capacity(stage, shown["offerings"])
        step.outcome = f"{stage.meant.places} places given, {stage.meant.full} times “full”"


async def template_ids(stage: Stage) -> list[str]:
    """Return the ids of the message templates that a phone asks its owner to allow."""
    shown = await stage.officer.ask("GET", "credits")
    return [template["template_id"] for template in shown["templates"]]


async def _claim(stage: Stage, family: FamilyPhone, child_id: str, wishes: Sequence[str]) -> None:
    for offering_id in wishes:
        try:
            await family.claim(child_id, offering_id)
        except Refused as refusal:
            if refusal.slug != "offering-full" or "alternatives" not in refusal.problem:
                raise
            stage.meant.full += 1
        else:
            stage.meant.places += 1
            return


def _check_capacity(stage: Stage, offerings: Sequence[dict[str, Any]]) -> None:
    """Compare the places that phones were told of with those that are gone; none may be given twice."""
    clubs = [one for one in offerings if one["code"] in stage.cast.clubs]
    taken = sum(one["capacity"] - one["free"] for one in clubs)
    if taken != stage.meant.places or any(one["free"] < 0 for one in clubs):
        raise Broken(f"phones were told of {stage.meant.places} places, {taken} are gone")
    stage.full_clubs = sum(one["free"] == 0 for one in clubs)

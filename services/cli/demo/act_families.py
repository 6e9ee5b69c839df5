"""The weekend before: families log in, agree, ask for care, sign, and hand their wishes in."""

import asyncio

from services.cli.demo.act_open_school import consent_texts
from services.cli.demo.family_phone import FamilyPhone
from services.cli.demo.stage import Stage

AT_ONCE = 16
"""Families on their phones at the same moment: as many as keep every process of the platform busy."""
ALLOWED = 1
"""How often a family taps “allow”: “received” comes by WeChat, “released” waits in the app."""


async def let_families_in(stage: Stage) -> None:
    """Let every family do on its phone what comes before choosing, and ask for the week's care."""
    with stage.show.step("families log in, agree, ask for care, sign, wish") as step:
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
                if any(child.wishes for child in family.part.children):
                    await family.hand_in_wishes(stage.drawn_round["round_id"], stage.offering_ids)
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


async def template_ids(stage: Stage) -> list[str]:
    """Return the ids of the message templates that a phone asks its owner to allow."""
    shown = await stage.officer.ask("GET", "credits")
    return [template["template_id"] for template in shown["templates"]]

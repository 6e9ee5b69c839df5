"""Staff log in by the phones that stand on the staff sheet."""

import asyncio

from services.cli.demo.act_families import template_ids
from services.cli.demo.act_open_school import consent_texts
from services.cli.demo.read_sheets import SheetTeacher
from services.cli.demo.staff_phone import StaffPhone
from services.cli.demo.stage import Stage

ALLOWED = 12
"""How often a leader taps “allow”: the ladder and alarms at the door reach them."""


async def log_staff_in(stage: Stage) -> None:
    """Let teachers, duty leaders and the principal log in; leaders allow messages."""
    with stage.show.step("staff log in by the phones on the sheet") as step:
        consents = [one for one in await consent_texts(stage) if one["purpose"] == "account"]
        templates = await template_ids(stage)

        async def log_in(sheet: SheetTeacher, persona: str) -> StaffPhone:
            phone = StaffPhone(stage.lines, sheet, stage.service_on)
            await phone.install(consents)
            await phone.act_as(persona)
            stage.staff[sheet.staff_no] = phone
            if persona != "teacher":
                await phone.allow_messages(templates, times=ALLOWED)
            return phone

        cast = stage.cast
        await asyncio.gather(*(log_in(sheet, "teacher") for sheet in cast.teachers))
        stage.leaders = list(await asyncio.gather(*(log_in(sheet, "duty_leader") for sheet in cast.leaders)))
        stage.principal = await log_in(cast.principal, "principal")
        step.outcome = f"{len(cast.teachers)} teachers, {len(stage.leaders)} duty leaders, the principal"

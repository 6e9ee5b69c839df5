"""What logging in needs at hand: the resources of the process, WeChat, enrollment, the limits, the settings."""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from fastapi import Depends, Request

from services.clients.enrollment import EnrollmentClient
from services.clients.wechat.mini_program import MiniProgram
from services.gateway.identity.ask_wechat import mini_program_of
from services.gateway.identity.limit_attempts import AttemptLimits
from services.gateway.settings import DoorSettings
from services.kernel.cipher import FieldCipher
from services.kernel.resources import Resources


@dataclass(frozen=True)
class Desk:
    """Opened once per process, beside the door."""

    held: Resources
    wechat: MiniProgram
    enrollment: EnrollmentClient
    limits: AttemptLimits
    settings: DoorSettings

    @cached_property
    def cipher(self) -> FieldCipher:
        """The cipher of phones and openids."""
        return self.held.cipher()


def open_desk(held: Resources, settings: DoorSettings) -> Desk:
    """Return the desk of a process."""
    return Desk(
        held=held,
        wechat=mini_program_of(held),
        enrollment=EnrollmentClient(held.remote("enrollment")),
        limits=AttemptLimits(settings, held.settings.redis_url),
        settings=settings,
    )


async def desk_of(request: Request) -> Desk:
    """Return the process' desk."""
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(desk_of)]

"""Open the ways to the neighbours, and close them again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.contracts.doors import SEGMENTS
from services.gateway.routing.admit import Admission
from services.gateway.routing.front_door import DoorParts
from services.gateway.routing.pass_through import PassThrough
from services.gateway.routing.tell_access import AccessLog
from services.gateway.settings import DoorSettings
from services.kernel.resources import Resources


@asynccontextmanager
async def open_door(held: Resources, door: DoorSettings) -> AsyncIterator[DoorParts]:
    """Yield what the door needs while the app lives; lines still in hand are written at the end."""
    urls = {service: str(getattr(held.settings, f"{service}_url")) for service in SEGMENTS}
    log = AccessLog(told=held.settings.log_level in {"DEBUG", "INFO"})
    pass_through = PassThrough(urls, silence_seconds=door.upstream_seconds)
    try:
        yield DoorParts(Admission(held.signer, held.verifier), held.verifier, pass_through, log)
    finally:
        await pass_through.close()
        log.flush()

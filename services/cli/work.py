"""`work`: run one service's worker in this process."""

import asyncio
import signal
from importlib import import_module
from typing import Annotated, Any

import typer
import uvloop

from services.kernel.log import configure_logs
from services.kernel.settings import Settings


def work(
    service: Annotated[str, typer.Argument(help="gateway, enrollment, attendance or notifications")],
) -> None:
    """Deliver letters, run jobs and watch timers of one service until told to stop."""
    settings = Settings()
    configure_logs(f"{service}-worker", settings.log_level)
    run: Any = import_module(f"services.{service}.worker").run
    uvloop.run(_until_told(run, settings))


async def _until_told(run: Any, settings: Settings) -> None:
    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    await run(settings, stop)

"""`up`: the whole platform in the foreground, until Ctrl-C."""

import asyncio
import os
import signal
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from services.cli.demo.found_sample import found_sample
from services.cli.platform.layout import default_layout
from services.cli.platform.platform import Platform, Wishes
from services.kernel.unable import Unable

console = Console(stderr=True, highlight=False, soft_wrap=True)


def up(
    *,
    port: Annotated[
        int | None, typer.Option(envvar="KEHOU_PORT", help="Where the gateway listens (default 8460).")
    ] = None,
    host: Annotated[
        str, typer.Option(envvar="KEHOU_HOST", help="Address the gateway listens on.")
    ] = "127.0.0.1",
    standin: Annotated[
        bool, typer.Option(help="Stand in for WeChat and SMS; without it the real ones (KEHOU_WECHAT_URL …).")
    ] = True,
    sample: Annotated[
        bool, typer.Option("--sample", help="Found the sample primary school, unless it is there already.")
    ] = False,
) -> None:
    """Run the platform: database, four services, their workers and the stand-in. Ctrl-C stops it in order."""
    standin = standin and not os.environ.get("KEHOU_WECHAT_URL")
    if sample and not standin:
        raise Unable("the sample school needs the stand-in for WeChat: its officer has no real phone.")
    asyncio.run(_run(Wishes(host=host, port=port, standin=standin), sample=sample))


async def _run(wishes: Wishes, *, sample: bool) -> None:
    told_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    starting = asyncio.current_task()
    assert starting is not None  # noqa: S101 - asyncio.run made it
    platform = Platform(default_layout().data_dir, wishes, notice=notice)
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, starting.cancel)
    try:
        await platform.start()
    except asyncio.CancelledError as stopped:
        raise Unable("stopped before everything had started.") from stopped
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, told_to_stop.set)
    if sample and not await found_sample(platform):
        notice("the sample school is here already")
    _welcome(platform)
    await told_to_stop.wait()
    # A second Ctrl-C is for the impatient: it ends us, and the kernel ends everything else.
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.remove_signal_handler(signum)
    notice("stopping: work in hand is finished first (Ctrl-C again: at once)")
    await platform.stop()


def notice(line: str) -> None:
    """Print one line with the time, for a person who watches."""
    console.print(f"[dim]{datetime.now(UTC).astimezone():%H:%M:%S}[/] {escape(line)}")


def _welcome(platform: Platform) -> None:
    console.print(f"[bold]kehou is up[/]   {platform.gateway_url}")
    console.print(f"  API docs          {platform.gateway_url}/api/v1/docs")
    if platform.standin_url:
        console.print(f"  parents' phones   {platform.standin_url}/")
    console.print(f"  schools' pages    {platform.gateway_url}/")
    console.print(f"  logs              {platform.layout.logs}")
    console.print("  Ctrl-C stops everything in order.")

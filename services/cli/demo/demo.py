"""`demo`: the platform on a folder of its own, one day played on it, and a verdict."""

import asyncio
import json
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from services.cli.demo.clean_slate import PREFIX, clean_slate, demo_layout
from services.cli.demo.line import Broken, Refused
from services.cli.demo.play import play
from services.cli.demo.show import Show, open_show
from services.cli.platform import Platform
from services.cli.platform.layout import default_layout
from services.cli.platform.platform import Wishes
from services.kernel.unable import Unable


@dataclass(frozen=True)
class Dealt:
    """How the day is to be: the same seed deals the same parts."""

    seed: int
    rate: float
    stays: bool


def demo(
    *,
    seed: Annotated[int, typer.Option(help="Which day is dealt: the same seed, the same day.")] = 1,
    rate: Annotated[
        float, typer.Option(min=1, max=300, help="How many times faster than real time at most.")
    ] = 180,
    port: Annotated[
        int | None, typer.Option(envvar="KEHOU_PORT", help="Where the gateway listens (default 8460).")
    ] = None,
    serve: Annotated[
        bool | None, typer.Option(help="Go on serving afterwards until Ctrl-C (default: on a terminal).")
    ] = None,
) -> None:
    """Live one after-school day of the sample primary school, through the public door, on a fast clock."""
    stays = sys.stdout.isatty() if serve is None else serve
    kept = asyncio.run(_run(open_show(), Wishes(port=port, prefix=PREFIX), Dealt(seed, rate, stays)))
    raise typer.Exit(0 if kept else 1)


async def _run(show: Show, wishes: Wishes, dealt: Dealt) -> bool:
    """Start, play, tell, and stop in order, also when Ctrl-C comes in the middle."""
    playing = asyncio.current_task()
    assert playing is not None  # noqa: S101 - asyncio.run made it
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, playing.cancel)
    folder = demo_layout(default_layout()).data_dir
    await clean_slate(folder)
    platform = Platform(folder, wishes, notice=show.notice)
    try:
        with show.on_screen():
            with show.step("the platform starts") as step:
                await platform.start()
                step.outcome = platform.gateway_url
            try:
                figures = await _figures(platform, show, dealt)
                print(json.dumps(figures, ensure_ascii=False), flush=True)
                if dealt.stays:
                    await _serve_on(show)
            finally:
                await platform.stop()
    except asyncio.CancelledError as stopped:
        raise Unable("the demo was stopped before its end.") from stopped
    return bool(figures["balanced"])


async def _figures(platform: Platform, show: Show, dealt: Dealt) -> dict[str, Any]:
    """Play; where the platform broke in the middle, say so in place of figures."""
    try:
        return await play(platform, show, seed=dealt.seed, rate=dealt.rate)
    except (Broken, Refused, ExceptionGroup) as fault:
        broken = list(dict.fromkeys(str(one) for one in _leaves(fault)))
        for words in broken:
            show.line(f"broken: {words}")
        return {"balanced": False, "broken": broken[:12]}


def _leaves(fault: Exception) -> Iterator[Exception]:
    """Return what really happened: task groups wrap it. A fault of the play's own is no verdict: it is raised."""
    if isinstance(fault, ExceptionGroup):
        for one in fault.exceptions:
            yield from _leaves(one)
    elif isinstance(fault, Broken | Refused):
        yield fault
    else:
        raise fault


async def _serve_on(show: Show) -> None:
    """Keep the platform as the day left it until somebody stops it."""
    show.line("The platform goes on serving; Ctrl-C stops everything in order.")
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        show.line("stopping")

"""Print the report."""

import asyncio
from collections.abc import Iterable

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from services.cli.doctor.check_database import check_database
from services.cli.doctor.check_machine import check_machine
from services.cli.doctor.check_processes import check_processes
from services.cli.doctor.check_rosters import check_rosters
from services.cli.doctor.finding import Finding, State
from services.cli.platform.layout import Layout, default_layout
from services.cli.platform.running import running_platform

MARKS = {State.WELL: "[green]✓[/]", State.NOTE: "[yellow]•[/]", State.FAULT: "[bold red]✗[/]"}


def doctor() -> None:
    """Look at the machine, the database and the running platform; exit code 1 when something is broken."""
    findings = list(_findings(default_layout()))
    table = Table.grid(padding=(0, 2))
    for one in findings:
        table.add_row(MARKS[one.state], one.what, escape(one.words))
    Console(highlight=False).print(table)
    if any(one.state is State.FAULT for one in findings):
        raise typer.Exit(1)


def _findings(layout: Layout) -> Iterable[Finding]:
    yield from check_machine(layout, running=running_platform(layout) is not None)
    # On the main thread's loop: an embedded server lives as long as the thread that started it.
    yield from asyncio.run(check_database(layout))
    yield from asyncio.run(check_processes(layout))
    yield from asyncio.run(check_rosters(layout))

"""`letters`: what is on its way between services, what got stuck, and what becomes of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from services.cli.platform.layout import default_layout
from services.cli.platform.reach_database import reach_database
from services.kernel.clock import SHANGHAI
from services.kernel.database.provision import SERVICES, provision
from services.kernel.database.transaction import Database
from services.kernel.letters.operate import StuckBatch, letter_figures, resend, stuck_batches, write_off
from services.kernel.unable import Unable

Done = TypeVar("Done")
Offices = Mapping[str, Database]
"""Each service's database, where its outbox stands."""

letters = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Facts on their way between services.",
)
BatchIds = Annotated[list[UUID] | None, typer.Argument(help="as `letters list` shows them")]


@letters.command("list")
def show() -> None:
    """Show each outbox in figures, then every batch that is dead or waits after a failed try."""
    figures, stuck = _at_offices(_look)
    console = Console(highlight=False)
    console.print(_figures_table(figures))
    for service, batches in stuck.items():
        for batch in batches:
            style = "bold red" if batch.state == "dead" else "yellow"
            console.print(_line(service, batch), style=style, soft_wrap=True)


@letters.command("resend")
def send_again(
    batch_ids: BatchIds = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="every dead batch")] = False,
) -> None:
    """Put dead batches back on their way."""
    if not batch_ids and not everything:
        raise Unable("Name the batches to send again (`letters list`), or say --all.")
    count = _at_offices(lambda offices: resend_dead(offices, None if everything else batch_ids))
    print(f"{count} batches are on their way again")


@letters.command("write-off")
def give_up(
    batch_ids: Annotated[list[UUID], typer.Argument(help="as `letters list` shows them")],
    *,
    reason: Annotated[str, typer.Option(help="kept beside them")],
) -> None:
    """Give dead batches up for good; they stay in the outbox with the reason."""
    count = _at_offices(lambda offices: write_off_dead(offices, batch_ids, reason=reason))
    print(f"{count} batches written off")


async def resend_dead(offices: Offices, batch_ids: Sequence[UUID] | None) -> int:
    """Put these dead batches, or all of them (None), back on their way; returns how many there were."""
    count = 0
    for database in offices.values():
        async with database.transaction() as tx:
            ids = batch_ids
            if ids is None:
                ids = [
                    batch.batch_id for batch in await stuck_batches(tx, limit=10_000) if batch.state == "dead"
                ]
            count += await resend(tx, ids)
    return count


async def write_off_dead(offices: Offices, batch_ids: Sequence[UUID], *, reason: str) -> int:
    """Give these dead batches up; returns how many there were."""
    count = 0
    for database in offices.values():
        async with database.transaction() as tx:
            count += await write_off(tx, batch_ids, reason=reason)
    return count


async def _look(offices: Offices) -> tuple[dict[str, dict[str, int]], dict[str, list[StuckBatch]]]:
    figures, stuck = {}, {}
    for service, database in offices.items():
        async with database.transaction() as tx:
            figures[service] = (await letter_figures(tx)).model_dump()
            if batches := await stuck_batches(tx):
                stuck[service] = batches
    return figures, stuck


def _figures_table(figures: Mapping[str, Mapping[str, int]]) -> Table:
    columns = list(next(iter(figures.values())))
    table = Table("from", *columns, box=None)
    for service, counts in figures.items():
        table.add_row(service, *(str(counts[column]) for column in columns))
    return table


def _line(service: str, batch: StuckBatch) -> str:
    since = batch.announced_at.astimezone(SHANGHAI).strftime("%m-%d %H:%M")
    what = f"{batch.count} x {', '.join(batch.kinds)}"
    tries = f"{batch.state} after {batch.tries} tries, since {since}"
    return f"{batch.batch_id}  {service} → {batch.reader}  {tries}: {what}: {(batch.fault or '')[:200]}"


def _at_offices(work: Callable[[Offices], Awaitable[Done]]) -> Done:
    """Run ``work`` on the platform's databases: the running server, the one that is named, or one started for us."""
    layout = default_layout()
    with reach_database(layout) as admin_url:

        async def run() -> Done:
            urls = await provision(admin_url, layout.secrets)
            async with _opened({service: urls[service].app for service in SERVICES}) as offices:
                return await work(offices)

        return asyncio.run(run())


@asynccontextmanager
async def _opened(urls: Mapping[str, str]) -> AsyncIterator[Offices]:
    async with AsyncExitStack() as stack:
        offices = {service: Database(url, pool_size=1) for service, url in urls.items()}
        for database in offices.values():
            stack.push_async_callback(database.close)
        yield offices

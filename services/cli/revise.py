"""`revise`: write a new migration for a service from what its tables look like now."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from alembic import command
from alembic.config import Config

from services.kernel.database.embedded import EmbeddedPostgres
from services.kernel.database.migrate import migrate, run_alembic
from services.kernel.database.provision import provision
from services.kernel.unable import Unable

KINDS = ("expand", "backfill", "contract")


def revise(
    service: Annotated[str, typer.Argument(help="enrollment, attendance, notifications or gateway")],
    message: Annotated[
        str, typer.Argument(help="expand | backfill | contract, then what: “expand add hold”")
    ] = "",
    *,
    check: Annotated[bool, typer.Option(help="Only tell whether tables and migrations agree.")] = False,
) -> None:
    """Write a migration: all there are run on a throw-away database, the difference becomes the new one."""
    if not check and message.split(" ", 1)[0] not in KINDS:
        raise Unable("A migration's message begins with expand, backfill or contract (docs/guides).")

    def work(config: Config) -> None:
        if check:
            command.check(config)
        else:
            command.revision(config, message=message, autogenerate=True)

    with TemporaryDirectory(prefix="kehou-") as folder, EmbeddedPostgres(Path(folder) / "postgres") as server:
        asyncio.run(_on_fresh_database(service, server.admin_url, Path(folder) / "secrets", work))


async def _on_fresh_database(service: str, admin_url: str, secrets: Path, work: object) -> None:
    urls = await provision(admin_url, secrets, services=[service])
    await migrate(service, urls[service].owner)
    await run_alembic(service, urls[service].owner, work)  # type: ignore[arg-type]

"""Bring a service's database to the newest migration.

Expand ships before code, contract after it, so a migration must never make a running service wait: a statement
that cannot have its lock within four seconds gives up, and one that runs longer than five is stopped
(`services.kernel.database.security.take_longer` for the exceptions).
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from alembic import command, context
from alembic.config import Config
from alembic.operations.ops import MigrationScript
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from services.kernel.clock import SHANGHAI
from services.kernel.database.install_jobs import JOB_TABLES
from services.kernel.database.provision import APP, ServiceUrls

MIGRATE_LOCK = 0x6D696772617465
"""Key of the advisory lock, in each database, that lines up concurrent migrations ("migrate")."""
PATIENCE = {"lock_timeout": "4s", "statement_timeout": "5s"}
QUEUE_SECONDS = 300
"""How long one migration waits for another to end."""
MONTH_PARTITION = re.compile(r"_\d{4}_\d{2}$")
"""How a monthly partition is named: its table, the year, the month."""

T = TypeVar("T")


def alembic_config(service: str) -> Config:
    """Return the service's section of the project's alembic.ini."""
    root = Path(__file__).parents[3]
    return Config(str(root / "alembic.ini"), ini_section=service)


async def migrate_all(urls: Mapping[str, ServiceUrls]) -> None:
    """Upgrade every service's database, one after the other: Alembic's environment is one per process."""
    for service, url in urls.items():
        await migrate(service, url.owner)


async def migrate(service: str, owner_url: str, revision: str = "head") -> None:
    """Upgrade the service's database, as its owner."""
    await run_alembic(service, owner_url, lambda config: command.upgrade(config, revision))


async def roll_back(service: str, owner_url: str, revision: str = "base") -> None:
    """Take migrations back until ``revision`` is the newest applied one."""
    await run_alembic(service, owner_url, lambda config: command.downgrade(config, revision))


async def run_alembic(service: str, owner_url: str, work: Callable[[Config], object]) -> None:
    """Run one of Alembic's commands on a connection of ours."""

    def run(connection: Connection) -> None:
        config = alembic_config(service)
        config.attributes["connection"] = connection
        work(config)

    await with_owner(owner_url, run)


async def with_owner(owner_url: str, work: Callable[[Connection], T]) -> T:
    """Run blocking Alembic work on one connection of the owner, alone on this database."""
    engine = create_async_engine(owner_url, poolclass=NullPool, connect_args={"server_settings": PATIENCE})
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"SET LOCAL lock_timeout = '{QUEUE_SECONDS}s'"))
            await connection.execute(text(f"SET LOCAL statement_timeout = '{QUEUE_SECONDS}s'"))
            await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATE_LOCK})
            await connection.commit()
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def upgrade_inside(connection: Connection, service: str) -> None:
    """Run what Alembic was asked for; one transaction per migration. Called by its environment."""
    context.configure(
        connection=connection,
        target_metadata=metadata_of(service),
        transaction_per_migration=True,
        compare_type=True,
        compare_server_default=True,
        include_name=_is_ours,
        process_revision_directives=_number_by_time,
    )
    with context.begin_transaction():
        context.run_migrations()
    if connection.dialect.has_table(connection, "alembic_version"):
        connection.execute(text(f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {APP}"))
    connection.commit()


def metadata_of(service: str) -> MetaData:
    """Return what the service's tables should look like (``services.<service>.registry:metadata``)."""
    metadata: MetaData = import_module(f"services.{service}.registry").metadata
    return metadata


def head_of(service: str) -> str | None:
    """Return the newest revision there is in the code; None when the service has none yet."""
    return ScriptDirectory.from_config(alembic_config(service)).get_current_head()


def _number_by_time(_context: Any, _revision: Any, directives: list[MigrationScript]) -> None:
    """Let a new revision's id be the time in its file's name: ids sort, and one finds the file."""
    for directive in directives:
        directive.rev_id = datetime.now(SHANGHAI).strftime("%Y%m%d_%H%M")


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave out the job queue's tables, and a table's partitions: they come and go with the months."""
    return not (kind == "table" and name and (name in JOB_TABLES or MONTH_PARTITION.search(name)))

"""`migrate`: roles, databases and the newest migrations, on the platform's server or the one that is named."""

import asyncio

from rich.console import Console

from services.cli.platform.layout import default_layout
from services.cli.platform.reach_database import reach_database
from services.kernel.database.migrate import head_of, migrate_all
from services.kernel.database.provision import SERVICES, provision


def migrate() -> None:
    """Bring all four databases to the newest migration; running it again changes nothing."""
    layout = default_layout()
    with reach_database(layout) as admin_url:
        asyncio.run(_migrate_all(admin_url))
    console = Console(highlight=False)
    for service in SERVICES:
        console.print(f"{service:<14} at {head_of(service)}")


async def _migrate_all(admin_url: str) -> None:
    urls = await provision(admin_url, default_layout().secrets)
    await migrate_all(urls)

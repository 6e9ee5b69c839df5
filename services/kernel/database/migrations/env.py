"""Alembic's environment, one for every service: the section's name in alembic.ini is the service's."""

import asyncio
import os

from alembic import context

from services.kernel.database.migrate import upgrade_inside, with_owner
from services.kernel.unable import Unable


def main() -> None:
    """Run on the connection we are given (`migrate`), or on one of our own (the command ``alembic``)."""
    service = context.config.config_ini_section
    if (given := context.config.attributes.get("connection")) is not None:
        upgrade_inside(given, service)
        return
    if not (url := os.environ.get("KEHOU_OWNER_DATABASE_URL")):
        raise Unable(
            "Set KEHOU_OWNER_DATABASE_URL, or use `python -m services.cli revise SERVICE MESSAGE`, "
            "which brings a throw-away database along."
        )
    asyncio.run(with_owner(url, lambda connection: upgrade_inside(connection, service)))


main()

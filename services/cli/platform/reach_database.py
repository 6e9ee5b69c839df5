"""Get hold of the platform's PostgreSQL: the one that is named, the one that runs, or one started for us."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.cli.platform.layout import Layout
from services.kernel.database.embedded import EmbeddedPostgres
from services.kernel.database.embedded.wait_for_predecessor import processes_in


def named_server() -> str | None:
    """Return an administrator's URL of a server that is not ours.

    ``KEHOU_POSTGRES_URL``, or the file ``kehou_postgres_url`` in ``KEHOU_SECRETS_DIR``.
    """
    if url := os.environ.get("KEHOU_POSTGRES_URL"):
        return url
    told = Path(os.environ.get("KEHOU_SECRETS_DIR", ""), "kehou_postgres_url")
    return told.read_text().strip() if told.is_absolute() and told.exists() else None


@contextmanager
def reach_database(layout: Layout) -> Iterator[str]:
    """Yield an administrator's URL for a command that needs the database for a moment.

    Raises:
        Unable: the embedded server does not start.
    """
    if (url := named_server() or running_server(layout)) is not None:
        yield url
        return
    with EmbeddedPostgres(layout.postgres) as server:
        yield server.admin_url


def running_server(layout: Layout) -> str | None:
    """Return the administrator's URL of the embedded server that runs now; None when none does."""
    if not processes_in(layout.postgres / "cluster"):
        return None
    try:
        port = json.loads((layout.postgres / "server.json").read_text())["port"]
    except (OSError, ValueError, KeyError):
        return None
    server = EmbeddedPostgres(layout.postgres)
    server.port = int(port)
    return server.admin_url

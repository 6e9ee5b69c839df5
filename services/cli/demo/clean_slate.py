"""Each demo starts from nothing: its folder, or its databases on a server that is named, are made anew."""

import shutil
from pathlib import Path

from sqlalchemy.engine import make_url

from services.cli.platform.layout import Layout
from services.cli.platform.reach_database import named_server
from services.kernel.database.provision import SERVICES, connect
from services.kernel.hold_folder import is_held
from services.kernel.unable import Unable

PREFIX = "kehou_demo_"
"""Begins the names of the demo's databases, so that it never touches a school's."""


async def clean_slate(folder: Path) -> None:
    """Remove what the demo before left in its folder, and its databases on a named server.

    Raises:
        Unable: a demo runs there now, or the folder cannot be removed.
    """
    _empty(folder)
    if (url := named_server()) is not None:
        connection = await connect(make_url(url))
        try:
            for service in SERVICES:
                await connection.execute(f'DROP DATABASE IF EXISTS "{PREFIX}{service}" WITH (FORCE)')
        finally:
            await connection.close()


def _empty(folder: Path) -> None:
    if is_held(folder):
        raise Unable(f"A demo runs already on {folder}: stop it first.")
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as fault:
        raise Unable(f"Cannot empty {folder} ({fault.strerror}): remove it yourself.") from fault


def demo_layout(base: Layout) -> Layout:
    """Return where the demo lives: beside whatever `up` keeps, never in it."""
    return Layout(base.data_dir / "demo")

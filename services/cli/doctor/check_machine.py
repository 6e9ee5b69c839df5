"""Does the machine have what a platform needs?"""

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from services.cli.doctor.finding import Finding, fault, note, well
from services.cli.platform.choose_ports import GATEWAY_PORT, is_free
from services.cli.platform.layout import Layout
from services.cli.platform.reach_database import named_server
from services.kernel.database.embedded.binaries import binaries
from services.kernel.database.embedded.drop_root import launcher
from services.kernel.database.embedded.explain import NEEDED_MB
from services.kernel.unable import Unable

MB = 1024 * 1024
COMFORTABLE_MB = 2000


def check_machine(layout: Layout, *, running: bool) -> Iterator[Finding]:
    """Look at Python, make, the disk, the port, and how PostgreSQL may be run."""
    yield well("Python", f"{platform.python_version()} in {sys.prefix}")
    if shutil.which("make"):
        yield well("make", "there")
    else:
        yield note("make", "missing: `make demo` needs it; `python -m services.cli` does without")
    yield _disk(layout.data_dir)
    if not running:
        yield _port()
    yield _database_user()


def _disk(folder: Path) -> Finding:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(existing, os.W_OK):
        return fault("data folder", f"{existing} is not writable: change its owner, or set KEHOU_DATA_DIR")
    free = shutil.disk_usage(existing).free // MB
    if free < NEEDED_MB:
        return fault("data folder", f"only {free} MB free at {existing}: make room, or set KEHOU_DATA_DIR")
    words = f"{folder}, {free} MB free"
    return well("data folder", words) if free >= COMFORTABLE_MB else note("data folder", f"{words}: not much")


def _port() -> Finding:
    port = int(os.environ.get("KEHOU_PORT") or GATEWAY_PORT)
    if is_free(port):
        return well("port", f"{port} is free")
    if os.environ.get("KEHOU_PORT"):
        return fault("port", f"{port} (KEHOU_PORT) is taken by another program: stop it, or choose another")
    return note("port", f"{port} is taken by another program: the gateway will take the next free one")


def _database_user() -> Finding:
    if named_server():
        return well("database server", "KEHOU_POSTGRES_URL names one; the embedded one is not used")
    try:
        how = launcher(binaries())
    except Unable as problem:
        return fault("database server", str(problem))
    if os.geteuid() != 0:
        return well("database server", "embedded, as this user")
    inside = (
        "in a user namespace of its own" if how.owner == 0 else "as the user nobody (namespaces are blocked)"
    )
    return well("database server", f"embedded, {inside}")

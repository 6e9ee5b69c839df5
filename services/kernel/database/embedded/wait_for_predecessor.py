"""Let whatever is left of the server before us end; then remove its stale postmaster.pid.

When a parent is killed with -9 its server needs a moment to shut down; when the server itself is, its helpers
do. PostgreSQL's own check asks only whether the process id in postmaster.pid is alive. After a crash that id
may belong to any program (in a container it nearly always does), and the server would refuse for ever.
"""

import time
from pathlib import Path

from services.kernel.unable import Unable

PATIENCE_SECONDS = 20.0
"""A fast shutdown writes one checkpoint: well under a second for a school, more on a slow disk."""


def processes_in(cluster: Path) -> list[int]:
    """Return the ids of all server processes of ``cluster``: each has it as its working folder."""
    place = cluster.resolve()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink() == place:
                found.append(int(entry.name))
        except OSError:
            continue  # ended meanwhile, or belongs to somebody else
    return found


def wait_for_predecessor(cluster: Path, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
    """Return when nothing works in ``cluster`` any more.

    Raises:
        Unable: something still does after ``patience_seconds`` (real time).
    """
    deadline = time.monotonic() + patience_seconds
    while left := processes_in(cluster):
        if time.monotonic() > deadline:
            raise Unable(
                f"A PostgreSQL that we did not start works in {cluster} (process {min(left)}): "
                "stop it, or name another folder with KEHOU_DATA_DIR."
            )
        time.sleep(0.05)
    (cluster / "postmaster.pid").unlink(missing_ok=True)

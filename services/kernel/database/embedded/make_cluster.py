"""Make the files of a new server: in a folder beside, renamed when whole, so there is no half-made one."""

import os
import shutil
import subprocess
from pathlib import Path

from services.kernel.database.embedded.drop_root import Launcher, give_to
from services.kernel.database.embedded.explain import NEEDED_MB, explained
from services.kernel.keep_secret import keep_secret
from services.kernel.unable import Unable

MB = 1024 * 1024


def make_cluster(folder: Path, bin_dir: Path, launcher: Launcher) -> None:
    """Run initdb for ``folder/cluster`` unless it is there; the superuser's password is kept beside it.

    The built-in C.UTF-8 locale sorts by code point on every machine, whatever its C library.

    Raises:
        Unable: the disk is full, or initdb failed for another reason.
    """
    cluster, fresh = folder / "cluster", folder / "cluster.new"
    if cluster.exists():
        return
    if (free := shutil.disk_usage(folder).free // MB) < NEEDED_MB:
        raise Unable(
            f"Only {free} MB are free below {folder} and the database needs {NEEDED_MB}: "
            "make room, or name a folder elsewhere with KEHOU_DATA_DIR."
        )
    shutil.rmtree(fresh, ignore_errors=True)
    keep_secret(folder / "superuser.password")
    if os.geteuid() == 0:
        os.chown(folder / "superuser.password", launcher.owner, launcher.owner)
    command = (
        *launcher.prefix,
        str(bin_dir / "initdb"),
        f"--pgdata={fresh}",
        "--username=postgres",
        f"--pwfile={folder / 'superuser.password'}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
    )
    made = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)  # noqa: S603
    if made.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        raise explained(f"Making the database in {folder}", made.stderr)
    give_to(fresh, launcher)
    fresh.rename(cluster)

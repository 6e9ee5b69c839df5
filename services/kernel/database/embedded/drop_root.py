"""As whom does the server run? PostgreSQL refuses root, and an ordinary user needs nothing of this."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from services.kernel import die_with_parent
from services.kernel.unable import Unable

NOBODY = 65534
"""The uid and gid that user namespaces map to; it must exist in /etc/passwd, and does everywhere."""


@dataclass(frozen=True)
class Launcher:
    """What stands before a program's command line, and who owns the server's files as seen from outside.

    ``prefix`` runs a program that waits to be finished (initdb); ``bound`` one that dies with its parent.
    """

    prefix: tuple[str, ...]
    bound: tuple[str, ...]
    owner: int


def launcher(bin_dir: Path) -> Launcher:
    """Choose: as we are; root in a user namespace of its own; root turned into nobody.

    A user namespace needs no account, no chmod, and works under a private home. Where it is blocked,
    ``nobody`` must be able to read the wheel.

    Raises:
        Unable: root, namespaces blocked, and the wheel lies where nobody cannot read it.
    """
    if os.geteuid() != 0:
        return _as_we_are()
    if shutil.which("unshare") and shutil.which("setpriv"):
        inside = ("unshare", "-U", f"--map-user={NOBODY}", f"--map-group={NOBODY}")
        if _runs(*inside, str(bin_dir / "postgres"), "--version"):
            return Launcher(inside, (*inside, "setpriv", "--pdeathsig", "INT"), owner=0)
        nobody = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        # Not by starting it: setpriv reads that one file with root's rights, the server reads the rest without.
        if _runs(*nobody, "test", "-x", str(bin_dir / "postgres")):
            return Launcher(nobody, (*nobody, "--pdeathsig", "INT"), owner=NOBODY)
        raise Unable(
            "PostgreSQL does not run as root, user namespaces are blocked here, and the user nobody cannot "
            f"read {bin_dir}: run as an ordinary user, move the project out of root's home, or set "
            "KEHOU_POSTGRES_URL."
        )
    raise Unable(
        "PostgreSQL does not run as root, and the programs unshare and setpriv (util-linux) are missing: "
        "install util-linux, run as an ordinary user, or set KEHOU_POSTGRES_URL."
    )


def _as_we_are() -> Launcher:
    program = str(Path(die_with_parent.__file__))
    bound = (sys.executable, "-I", "-S", program, "2", str(os.getpid()))
    return Launcher((), bound, owner=os.geteuid())


def _runs(*command: str) -> bool:
    tried = subprocess.run(command, capture_output=True, check=False, cwd="/")  # noqa: S603 - our own words
    return tried.returncode == 0


def give_to(folder: Path, how: Launcher) -> None:
    """Hand a folder to who runs the server (as root only), also one that an earlier start left to another.

    Raises:
        Unable: the server runs as nobody, who cannot get there.
    """
    if os.geteuid() != 0:
        return
    if folder.stat().st_uid != how.owner:
        for path in (*folder.rglob("*"), folder):
            os.lchown(path, how.owner, how.owner)
    if how.owner == NOBODY and not _runs(*how.prefix, "test", "-w", str(folder)):
        raise Unable(
            f"User namespaces are blocked here, so the database runs as nobody, who cannot reach {folder}: name "
            "a folder outside private homes with KEHOU_DATA_DIR, or run as an ordinary user."
        )

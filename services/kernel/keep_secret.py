"""Secrets that are made once and then kept: passwords, keys. One file each, readable by its owner only."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from services.kernel.unable import Unable


def random_password() -> str:
    """Return 256 random bits in letters that need no quoting in a URL."""
    return secrets.token_hex(32)


def keep_secret(path: Path, make: Callable[[], str] = random_password) -> str:
    """Return what ``path`` keeps; the first caller makes it.

    Two processes may come first at once: both write a file of their own, one link wins, both read that one.
    A secret is never half-written, and its folder is closed to others (mode 700, file 600).

    Raises:
        Unable: the folder cannot be written or the file cannot be read.
    """
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _link_fresh(path, make())
        return path.read_text()
    except OSError as fault:
        raise Unable(
            f"Cannot keep a secret in {path} ({fault.strerror}): make the data folder writable for this "
            "user, or name another with KEHOU_DATA_DIR."
        ) from fault


def _link_fresh(path: Path, secret: str) -> None:
    mine = path.with_name(f".{path.name}.{os.getpid()}")
    mine.unlink(missing_ok=True)
    handle = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(mine)
    except FileExistsError:
        pass  # somebody else's came first
    finally:
        mine.unlink(missing_ok=True)

"""One process at a time works in a folder; the lock falls with its holder, however that one ends."""

import fcntl
import os
from pathlib import Path

from services.kernel.unable import Unable


def is_held(folder: Path) -> bool:
    """Tell whether somebody holds the folder's lock now."""
    try:
        with (folder / "lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


class FolderLock:
    """A lock on ``<folder>/lock``: the kernel frees it when its holder dies, so it never goes stale."""

    def __init__(self, folder: Path, *, refusal: str) -> None:
        self._path = folder / "lock"
        self._refusal = refusal
        self._handle: int | None = None

    def take(self) -> None:
        """Take the lock, and write the own process id into the file for whoever is refused.

        Raises:
            Unable: somebody else holds it (with ``refusal`` and the holder's id).
        """
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            holder = os.read(handle, 32).decode().strip() or "unknown"
            os.close(handle)
            raise Unable(self._refusal.replace("{holder}", holder)) from held
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        self._handle = handle

    def free(self) -> None:
        """Give the lock back; the file stays, since removing it would let two holders in."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

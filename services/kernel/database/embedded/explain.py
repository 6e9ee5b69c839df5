"""What does PostgreSQL's last word mean for the person at the keyboard?"""

from pathlib import Path

from services.kernel.unable import Unable

NEEDED_MB = 200
"""A fresh cluster takes about 45 MB; the rest is its first write-ahead log and four small databases."""

MEANINGS = {
    "No space left on device": "the disk is full: make room, or name a folder elsewhere with KEHOU_DATA_DIR",
    "Permission denied": "this user may not write there: change the folder's owner, or set KEHOU_DATA_DIR",
    "Read-only file system": "the file system is read-only: name a folder elsewhere with KEHOU_DATA_DIR",
    "initialized by PostgreSQL version": (
        "the data come from another major version of PostgreSQL: keep the old version, or dump and restore"
    ),
    "could not create shared memory segment": "shared memory is exhausted: free some, or enlarge /dev/shm",
    "Cannot allocate memory": "the machine is out of memory: stop something, or set KEHOU_POSTGRES_URL",
    "wrong ownership": "the data belong to another user: run as that user, or set KEHOU_DATA_DIR",
}


def explained(doing: str, output: str, log: Path | None = None) -> Unable:
    """Return one sentence for a failed ``doing``; unknown output is quoted by its last line."""
    for sign, meaning in MEANINGS.items():
        if sign in output:
            return Unable(f"{doing} failed: {meaning}.")
    lines = [line for line in output.splitlines() if line.strip()]
    last = lines[-1].strip() if lines else "it said nothing"
    where = f" (more in {log})" if log else ""
    return Unable(f"{doing} failed: {last}{where}; another server can be used with KEHOU_POSTGRES_URL.")

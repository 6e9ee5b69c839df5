"""Hold many things on disk rather than in memory, to be read again and again in their order."""

import pickle
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from typing import IO, Generic, TypeVar

BATCH = 500
"""Things that are in memory at a time; a short list never touches the disk."""

Thing = TypeVar("Thing")


class Spool(Generic[Thing]):
    """A list that only grows: of 100,000 rows of a sheet, or of what is to be written, 500 are in memory.

    The file has no name and is gone with the spool; nobody else can write what is unpickled here.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._newest: list[Thing] = []
        self._count = 0

    def append(self, thing: Thing) -> None:
        """Put one more at the end."""
        self._newest.append(thing)
        self._count += 1
        if len(self._newest) == BATCH:
            self._put_away()

    def extend(self, things: Iterable[Thing]) -> None:
        """Put more at the end."""
        for thing in things:
            self.append(thing)

    def batches(self) -> Iterator[list[Thing]]:
        """Return all things in their order, ``BATCH`` at a time."""
        at = 0
        for _ in range(self._count // BATCH):
            file = self._opened()
            file.seek(at)
            batch: list[Thing] = pickle.load(file)  # noqa: S301 - written above, in a file without a name
            at = file.tell()
            yield batch
        if self._newest:
            yield self._newest

    def __iter__(self) -> Iterator[Thing]:
        for batch in self.batches():
            yield from batch

    def __len__(self) -> int:
        return self._count

    def _put_away(self) -> None:
        file = self._opened()
        file.seek(0, 2)
        pickle.dump(self._newest, file, pickle.HIGHEST_PROTOCOL)
        self._newest = []

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="kehou-sheet-")  # noqa: SIM115 - as long as the spool
            weakref.finalize(self, self._file.close)
        return self._file

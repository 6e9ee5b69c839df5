"""A hash over many leaves, and a short path that shows that one of them is in it (as in RFC 6962)."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import orjson

Path = tuple[tuple[str, str], ...]
"""From a leaf up: on which side (left or right) the neighbour stands, and its hash."""


def leaf(content: Sequence[Any]) -> bytes:
    """Return SHA-256 of a zero byte and the content as a JSON array, UTF-8, without blanks."""
    return sha256(b"\0" + orjson.dumps(content)).digest()


class Tree:
    """A binary tree over leaves in the order given; a node without a neighbour moves up as it is."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        level = list(leaves) or [sha256(b"").digest()]
        self._levels = [level]
        while len(level) > 1:
            pairs = [sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
            level = pairs if len(level) % 2 == 0 else [*pairs, level[-1]]
            self._levels.append(level)

    @property
    def root(self) -> str:
        """The hash over all leaves; hexadecimal."""
        return self._levels[-1][0].hex()

    def path(self, index: int) -> Path:
        """Return the way from a leaf to the root."""
        steps = []
        for level in self._levels[:-1]:
            neighbour = index ^ 1
            if neighbour < len(level):
                steps.append(("left" if neighbour < index else "right", level[neighbour].hex()))
            index //= 2
        return tuple(steps)


def climb(start: bytes, path: Path) -> str:
    """Return the root to which a path leads; raises ValueError for what is no path."""
    here = start
    for side, neighbour in path:
        other = bytes.fromhex(neighbour)
        if side not in ("left", "right") or len(other) != len(here):
            raise ValueError(side)
        here = sha256(b"\1" + (other + here if side == "left" else here + other)).digest()
    return here.hex()

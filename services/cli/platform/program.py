"""What is one process of a platform?"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """A process to start and to keep.

    ``wave``: a wave starts when the one before is ready, and stops before it. ``ready_url`` answers 200 when the
    process can work; None for one that needs nobody's patience.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    wave: int
    port: int | None = None
    ready_url: str | None = None


def kehou(*words: str) -> tuple[str, ...]:
    """Return the command line of one of our own commands."""
    return (sys.executable, "-m", "services.cli", *words)

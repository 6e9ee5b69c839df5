"""What one check found."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How it stands."""

    WELL = "well"
    NOTE = "note"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was looked at, how it stands, and in words what to do."""

    what: str
    state: State
    words: str


def well(what: str, words: str) -> Finding:
    """All right."""
    return Finding(what, State.WELL, words)


def note(what: str, words: str) -> Finding:
    """Worth knowing; nothing is broken."""
    return Finding(what, State.NOTE, words)


def fault(what: str, words: str) -> Finding:
    """Broken; ``words`` names the way out."""
    return Finding(what, State.FAULT, words)

"""All that a draw takes in: whoever holds the book computes the same draw, bit for bit (decision 16)."""

from dataclasses import dataclass, field

METHOD = "kehou-draw-1"
"""Names the rule; any change of the order, the passes or the proofs takes another number."""


@dataclass(frozen=True, slots=True)
class Club:
    """A club of the round, or one outside it in which somebody holds a place (``minimum`` 0, ``free`` 0).

    ``weekdays`` are 1 (Monday) to 7; ``starts`` and ``ends`` the school's wall clock as HH:MM, half-open. ``free``
    places are drawn; ``held`` children are in already and count for the minimum.
    """

    club_id: str
    code: str
    title: str
    weekdays: tuple[int, ...]
    starts: str
    ends: str
    free: int
    held: int = 0
    minimum: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A child's list as it stood at the close; ``wishes`` are club ids, best first.

    ``ticket`` (128 random bits, hexadecimal) stands for the child: who does not know it can compute neither the
    child's lottery number nor guess its list from a hash.
    """

    child_id: str
    ticket: str
    wishes: tuple[str, ...]
    most_clubs: int | None = None
    linked_id: str | None = None
    link: str | None = None
    if_apart: str | None = None


@dataclass(frozen=True, slots=True)
class Applicant:
    """A child in the draw: its list, and what the school knows of it.

    ``tier`` 0 goes first (R06). ``salt`` (128 random bits) seals it in the proof, also from its own family: receipts
    are passed around. ``holds`` are clubs it is in already; ``unfit`` says why a wish no longer counts.
    """

    entry: Entry
    tier: int
    missed_first: bool
    salt: str
    holds: tuple[str, ...] = ()
    unfit: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Book:
    """A round at its close.

    ``seed`` is 32 bytes, hexadecimal; ``most_clubs`` per child and week, those it holds already included.
    """

    round_id: str
    seed: str
    most_clubs: int
    clubs: tuple[Club, ...]
    children: tuple[Applicant, ...]
    method: str = METHOD

"""When is a club? As bits of one integer, so that two clubs clash where their bits meet."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from services.enrollment.draw.rules.book import Club


def week_hours(clubs: Sequence[Club]) -> list[int]:
    """Return each club's hours of the week.

    A bit is a stretch of one weekday between two neighbouring bells, any club's start or end: within it nothing
    begins or ends. 17:30 ends one club and starts the next without a clash.
    """
    bells: dict[int, set[str]] = {}
    for club in clubs:
        for weekday in club.weekdays:
            bells.setdefault(weekday, set()).update((club.starts, club.ends))
    bits = {
        (weekday, starts): 1 << number
        for number, (weekday, starts) in enumerate(
            (weekday, starts)
            for weekday, times in sorted(bells.items())
            for starts, _ in pairwise(sorted(times))
        )
    }
    return [
        sum(bits[stretch] for stretch in bits if stretch[0] in club.weekdays and _covers(club, stretch[1]))
        for club in clubs
    ]


def all_of(hours: Iterable[int]) -> int:
    """Return the hours that some clubs take together."""
    together = 0
    for some in hours:
        together |= some
    return together


def _covers(club: Club, starts: str) -> bool:
    return club.starts <= starts < club.ends

"""Which clubs could siblings take together, and which combination would their family like best?"""

from collections.abc import Sequence
from itertools import combinations, product

from services.enrollment.draw.rules.book import Club

MOST_TOGETHER = 4
"""Siblings in one link: every combination of their wishes is looked at."""
Combination = tuple[int, ...]
"""One club for each of the siblings."""


def go_together(one: Club, other: Club, link: str | None) -> bool:
    """Whether two clubs keep the promise of a link.

    ``same_day``: every weekday of the one with fewer is a weekday of the other. ``same_end``: they share a weekday
    and end at the same time.
    """
    days, others = set(one.weekdays), set(other.weekdays)
    if link == "same_end":
        return bool(days & others) and one.ends == other.ends
    return days <= others or others <= days


def joint_wishes(
    clubs: Sequence[Club], lists: Sequence[Sequence[int]], link: str | None
) -> list[Combination]:
    """Return the combinations that keep the link, the least sum of ranks first.

    Among equal sums the better wish of who stands first in the order counts, then of the second.
    """
    found = [
        (sum(ranks), ranks, combination)
        for ranks, combination in zip(
            product(*(range(len(some)) for some in lists)), product(*lists), strict=True
        )
        if all(go_together(clubs[a], clubs[b], link) for a, b in combinations(combination, 2))
    ]
    return [combination for _, _, combination in sorted(found)]

"""Clubs that would not open fall, and their children are placed again, before anybody hears of it (decision 15)."""

from collections import Counter
from fractions import Fraction

from services.enrollment.draw.rules.contest import Contest
from services.enrollment.draw.rules.passes import Run, run_passes

Dissolved = dict[int, int]
"""Club -> how many children it would have had."""


def place_all(contest: Contest) -> tuple[Run, Dissolved]:
    """Return the run in which every club that opens has its minimum, and the clubs that fell.

    First fall, all together, those that can never reach it. Then all children are placed; of the clubs that came
    out short the worse-filled half falls, and all are placed again from the start, until none is short. A club with
    a minimum of one opens for whoever comes, and with nobody it is just empty.
    """
    dissolved = _hopeless(contest)
    while True:
        run = run_passes(contest, dissolved)
        short = _short(contest, run, dissolved)
        if not short:
            return run, dissolved
        for club, filled in short[: max(1, len(short) // 2)]:
            dissolved[club] = filled


def _hopeless(contest: Contest) -> Dissolved:
    wished = Counter(club for some in contest.wishes for club in some)
    most = {
        index: club.held + min(club.free, wished[index])
        for index, club in enumerate(contest.clubs)
        if club.minimum > 1
    }
    return {index: count for index, count in most.items() if count < contest.clubs[index].minimum}


def _short(contest: Contest, run: Run, dissolved: Dissolved) -> list[tuple[int, int]]:
    """Return short clubs and how many children each has, the worst-filled first, then by code."""
    found = []
    for index, club in enumerate(contest.clubs):
        filled = club.held + club.free - run.free[index]
        if club.minimum > 1 and filled < club.minimum and index not in dissolved:
            found.append((Fraction(filled, club.minimum), club.code, index, filled))
    return [(index, filled) for _, _, index, filled in sorted(found)]

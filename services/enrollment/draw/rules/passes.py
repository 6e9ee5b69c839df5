"""Passes through one order: in each, every child gets at most one more club, until nothing changes (decision 15)."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from services.enrollment.draw.rules.contest import Contest
from services.enrollment.draw.rules.lottery_order import Unit
from services.enrollment.draw.rules.siblings import Combination


@dataclass
class Run:
    """Where a run stands.

    ``given`` are a child's clubs in the order of the passes. ``filled`` says in which pass a club's last place
    went, and to whom. Within a run places only go and hours only fill: what was passed over once is never possible
    again, so every list is walked once (``ahead``, ``joint``) and a run takes time in proportion to the wishes.
    """

    free: list[int]
    busy: list[int]
    left: list[int]
    given: list[list[int]]
    ahead: list[Iterator[int]]
    joint: dict[Unit, Iterator[Combination]]
    number: int = 0
    filled: dict[int, tuple[int, int]] = field(default_factory=dict)


def run_passes(contest: Contest, dissolved: Collection[int]) -> Run:
    """Give places in passes, none in ``dissolved`` clubs."""
    run = _begin(contest, dissolved)
    free, busy, left, given, ahead = run.free, run.busy, run.left, run.given, run.ahead
    hours, filled = contest.hours, run.filled
    line = [unit for unit in contest.order if any(left[child] for child in unit)]
    while line:
        run.number += 1
        again = []
        for unit in line:
            if len(unit) > 1:
                if _siblings(contest, run, unit):
                    again.append(unit)
                continue
            # As `_take_best`, written out: nearly all turns are a single child's.
            child = unit[0]
            taken = busy[child]
            for club in ahead[child]:
                if free[club] and not hours[club] & taken:
                    free[club] -= 1
                    if not free[club]:
                        filled[club] = (run.number, child)
                    busy[child] = taken | hours[club]
                    given[child].append(club)
                    left[child] -= 1
                    if left[child]:
                        again.append(unit)
                    break
        line = again
    return run


def _begin(contest: Contest, dissolved: Collection[int]) -> Run:
    clubs = contest.book.clubs
    return Run(
        free=[0 if index in dissolved else club.free for index, club in enumerate(clubs)],
        busy=contest.busy.copy(),
        left=contest.left.copy(),
        given=[[] for _ in contest.wishes],
        ahead=[iter(some) for some in contest.wishes],
        joint={unit: iter(some) for unit, some in contest.joint.items()},
    )


def _siblings(contest: Contest, run: Run, unit: Unit) -> bool:
    """Give each of the siblings one more club, together if possible; tell whether they come again."""
    for combination in run.joint[unit]:
        if _fits(contest, run, unit, combination):
            for child, club in zip(unit, combination, strict=True):
                _take(contest, run, child, club)
            return True
    if not contest.shares_apart(unit):
        return False
    took = [_take_best(contest, run, child) for child in unit]
    return any(took)


def _fits(contest: Contest, run: Run, unit: Unit, combination: Combination) -> bool:
    """Whether every one has the hours and may have one more, and every club has places for all who would come."""
    return all(
        run.left[child] and not contest.hours[club] & run.busy[child]
        for child, club in zip(unit, combination, strict=True)
    ) and all(run.free[club] >= count for club, count in Counter(combination).items())


def _take_best(contest: Contest, run: Run, child: int) -> bool:
    if not run.left[child]:
        return False
    for club in run.ahead[child]:
        if run.free[club] and not contest.hours[club] & run.busy[child]:
            _take(contest, run, child, club)
            return True
    return False


def _take(contest: Contest, run: Run, child: int, club: int) -> None:
    run.free[club] -= 1
    if not run.free[club]:
        run.filled[club] = (run.number, child)
    run.busy[child] |= contest.hours[club]
    run.given[child].append(club)
    run.left[child] -= 1

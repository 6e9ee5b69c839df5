"""Passes through one order: in each, every child gets at most one more club, until nothing changes (decision 15)."""

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
    again. So who gets nothing in a pass is done, there is a pass for each club a child may have at most and one to
    end, and combinations of siblings (``joint``) are walked once.
    """

    free: list[int]
    busy: list[int]
    left: list[int]
    given: list[tuple[int, ...]]
    joint: dict[Unit, Iterator[Combination]]
    number: int = 0
    filled: dict[int, tuple[int, int]] = field(default_factory=dict)


def run_passes(contest: Contest, dissolved: Collection[int]) -> Run:
    """Give places in passes, none in ``dissolved`` clubs."""
    run = _begin(contest, dissolved)
    free, busy, left, given, wishes = run.free, run.busy, run.left, run.given, contest.wishes
    hours, filled, siblings = contest.hours, run.filled, contest.siblings
    line = contest.line
    while line:
        run.number += 1
        again = []
        for child in line:
            if child in siblings:
                if _take_together(contest, run, siblings[child]):
                    again.append(child)
                continue
            # As `_take_best`, written out: nearly all turns are a single child's.
            taken = busy[child]
            for club in wishes[child]:
                if free[club] and not hours[club] & taken:
                    free[club] -= 1
                    if not free[club]:
                        filled[club] = (run.number, child)
                    busy[child] = taken | hours[club]
                    given[child] += (club,)
                    left[child] -= 1
                    if left[child]:
                        again.append(child)
                    break
        line = again
    return run


def _begin(contest: Contest, dissolved: Collection[int]) -> Run:
    clubs = contest.clubs
    return Run(
        free=[0 if index in dissolved else club.free for index, club in enumerate(clubs)],
        busy=contest.busy.copy(),
        left=contest.left.copy(),
        given=[()] * len(contest.wishes),
        joint={unit: iter(some) for unit, some in contest.joint.items()},
    )


def _take_together(contest: Contest, run: Run, unit: Unit) -> bool:
    """Give each of the siblings one more club, together if possible; tell whether they come again."""
    if all(run.left[child] for child in unit):
        combination = _next_possible(contest, run, unit)
        if combination is not None:
            for child, club in zip(unit, combination, strict=True):
                _take(contest, run, child, club)
            return True
    if not contest.shares_apart(unit):
        return False
    took = [_take_best(contest, run, child) for child in unit]
    return any(took)


def _next_possible(contest: Contest, run: Run, unit: Unit) -> Combination | None:
    """Return the best combination for which all have the hours and every club has places for all who would come."""
    free, busy, hours = run.free, run.busy, contest.hours
    for combination in run.joint[unit]:
        for child, club in zip(unit, combination, strict=True):
            if not free[club] or hours[club] & busy[child]:
                break
        else:
            if all(free[club] >= combination.count(club) for club in combination):
                return combination
    return None


def _take_best(contest: Contest, run: Run, child: int) -> bool:
    if not run.left[child]:
        return False
    for club in contest.wishes[child]:
        if run.free[club] and not contest.hours[club] & run.busy[child]:
            _take(contest, run, child, club)
            return True
    return False


def _take(contest: Contest, run: Run, child: int, club: int) -> None:
    run.free[club] -= 1
    if not run.free[club]:
        run.filled[club] = (run.number, child)
    run.busy[child] |= contest.hours[club]
    run.given[child] += (club,)
    run.left[child] -= 1

"""Draw a whole book: the order, everybody's clubs, the reasons, and the roots that prove them."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from services.enrollment.draw.rules.book import Applicant, Book
from services.enrollment.draw.rules.contest import contest_of
from services.enrollment.draw.rules.entries_root import entries_root
from services.enrollment.draw.rules.lottery_order import lottery_numbers, order_of
from services.enrollment.draw.rules.minimum_size import Dissolved, place_all
from services.enrollment.draw.rules.order_root import OrderPlace, order_tree, tier_seal
from services.enrollment.draw.rules.reasons import Outcome, Reasons


@dataclass(frozen=True, slots=True)
class Placing:
    """A child's place in the order (1 is first), the clubs it got, and what became of each wish, best first."""

    child_id: str
    position: int
    lottery: str
    tier_seal: str
    given: tuple[str, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """A finished draw; ``placings`` by position."""

    entries_root: str
    order_root: str
    placings: tuple[Placing, ...]
    dissolved: tuple[str, ...]
    summary: dict[str, Any]


def draw_book(book: Book) -> Result:
    """Compute the draw; the same book gives the same result anywhere."""
    with _collecting_nothing():
        return _draw(book)


def _draw(book: Book) -> Result:
    root = entries_root(child.entry for child in book.children)
    numbers = lottery_numbers(book, root)
    order = order_of(book, numbers)
    contest = contest_of(book, order)
    run, dissolved = place_all(contest)
    reasons = Reasons(contest, run, dissolved)
    placings = tuple(
        _placing(child, place, numbers[index], reasons.of(place))
        for place, (child, index) in enumerate(
            zip(contest.children, (index for unit in order for index in unit), strict=True)
        )
    )
    proved = order_tree(order_places(contest.children, placings)).root
    fallen = tuple(sorted(book.clubs[club].club_id for club in dissolved))
    return Result(root, proved, placings, fallen, _summary(contest.children, placings, dissolved))


def _placing(child: Applicant, place: int, number: str, outcomes: tuple[Outcome, ...]) -> Placing:
    wishes = zip(child.entry.wishes, outcomes, strict=True)
    given = tuple(club for club, told in wishes if told.outcome == "given")
    return Placing(
        child.entry.child_id, place + 1, number, tier_seal(child.salt, child.tier), given, outcomes
    )


@contextmanager
def _collecting_nothing() -> Iterator[None]:
    """Hold the garbage collector: a draw makes no cycles, and of 120,000 children's objects all stay to the end."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def order_places(children: Iterable[Applicant], placings: Iterable[Placing]) -> Iterator[OrderPlace]:
    """Yield what is proved of each child; both in the order of the draw."""
    for child, placing in zip(children, placings, strict=True):
        yield OrderPlace(
            placing.position,
            child.entry.ticket,
            placing.lottery,
            placing.tier_seal,
            child.missed_first,
            placing.given,
        )


def _summary(
    children: Sequence[Applicant], placings: Sequence[Placing], dissolved: Dissolved
) -> dict[str, Any]:
    """Count: ``placed`` children got a club, ``placed_in_care`` have none, ``waiting`` of these missed a full one."""
    clubless = [
        one for child, one in zip(children, placings, strict=True) if not one.given and not child.holds
    ]
    first = sum(bool(one.outcomes) and one.outcomes[0].outcome == "given" for one in placings)
    return {
        "wishes": sum(len(one.outcomes) for one in placings),
        "children": len(children),
        "first_choice_share": round(first / len(children), 4) if children else None,
        "placed": sum(bool(one.given) for one in placings),
        "placed_in_care": len(clubless),
        "waiting": sum(any(wish.outcome == "full" for wish in one.outcomes) for one in clubless),
        "dissolved": len(dissolved),
    }

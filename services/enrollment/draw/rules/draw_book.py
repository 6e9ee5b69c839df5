"""Draw a whole book: the order, everybody's clubs, the reasons, and the roots that prove them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.enrollment.draw.rules.book import Book
from services.enrollment.draw.rules.contest import contest_of
from services.enrollment.draw.rules.entries_root import entries_root
from services.enrollment.draw.rules.lottery_order import Unit, lottery_numbers, order_of
from services.enrollment.draw.rules.minimum_size import Dissolved, place_all
from services.enrollment.draw.rules.order_root import OrderPlace, order_tree, tier_seal
from services.enrollment.draw.rules.reasons import Outcome, Reasons


@dataclass(frozen=True, slots=True)
class Placing:
    """A child's place in the order (1 is first), and what became of its wishes."""

    child_id: str
    position: int
    lottery: str
    tier_seal: str
    outcomes: tuple[Outcome, ...]

    @property
    def given(self) -> tuple[str, ...]:
        """The clubs it got, best first."""
        return tuple(one.club_id for one in self.outcomes if one.outcome == "given")


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
    root = entries_root(child.entry for child in book.children)
    numbers = lottery_numbers(book, root)
    order = order_of(book, numbers)
    contest = contest_of(book, order)
    run, dissolved = place_all(contest)
    positions = _positions(order, len(book.children))
    reasons = Reasons(contest, run, dissolved, positions)
    placings = tuple(
        Placing(
            book.children[child].entry.child_id,
            positions[child],
            numbers[child],
            tier_seal(book.children[child].salt, book.children[child].tier),
            reasons.of(child),
        )
        for unit in order
        for child in unit
    )
    proved = order_tree(order_places(book, placings)).root
    fallen = tuple(sorted(book.clubs[club].club_id for club in dissolved))
    return Result(root, proved, placings, fallen, _summary(book, placings, dissolved))


def order_places(book: Book, placings: Sequence[Placing]) -> list[OrderPlace]:
    """Return what is proved of each child, first place first."""
    children = {child.entry.child_id: child for child in book.children}
    return [
        OrderPlace(
            placing.position,
            children[placing.child_id].entry.ticket,
            placing.lottery,
            placing.tier_seal,
            children[placing.child_id].missed_first,
            placing.given,
        )
        for placing in placings
    ]


def _positions(order: Sequence[Unit], count: int) -> list[int]:
    positions = [0] * count
    for position, child in enumerate((child for unit in order for child in unit), 1):
        positions[child] = position
    return positions


def _summary(book: Book, placings: Sequence[Placing], dissolved: Dissolved) -> dict[str, Any]:
    """Count: ``placed`` children got a club, ``placed_in_care`` have none, ``waiting`` of these missed a full one."""
    children = len(placings)
    holding = {child.entry.child_id for child in book.children if child.holds}
    clubless = [one for one in placings if not one.given and one.child_id not in holding]
    first = sum(bool(one.outcomes) and one.outcomes[0].outcome == "given" for one in placings)
    return {
        "wishes": sum(len(one.outcomes) for one in placings),
        "children": children,
        "first_choice_share": round(first / children, 4) if children else None,
        "placed": sum(bool(one.given) for one in placings),
        "placed_in_care": len(clubless),
        "waiting": sum(any(wish.outcome == "full" for wish in one.outcomes) for one in clubless),
        "dissolved": len(dissolved),
    }

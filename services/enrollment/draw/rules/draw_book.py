"""Draw a whole book: the order, everybody's clubs, the reasons, and the roots that prove them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.enrollment.draw.rules.book import Applicant, Book
from services.enrollment.draw.rules.contest import contest_of
from services.enrollment.draw.rules.entries_root import entries_root
from services.enrollment.draw.rules.lottery_order import Unit, lottery_numbers, order_of
from services.enrollment.draw.rules.merkle import Tree, leaf
from services.enrollment.draw.rules.minimum_size import Dissolved, place_all
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
    tree = order_tree(book, placings)
    fallen = tuple(sorted(book.clubs[club].club_id for club in dissolved))
    return Result(root, tree.root, placings, fallen, _summary(book, placings, dissolved))


def tier_seal(salt: str, tier: int) -> str:
    """Return the sealed tier: a receipt is passed around, and says nothing of a priority group (R06)."""
    return leaf((salt, tier)).hex()


def order_leaf(ticket: str, placing: Placing, *, missed_first: bool) -> bytes:
    """Return what the root over the order holds of a child; the ticket in it is its salt."""
    return leaf(
        (placing.position, ticket, placing.lottery, placing.tier_seal, missed_first, list(placing.given))
    )


def order_tree(book: Book, placings: Sequence[Placing]) -> Tree:
    """Return the tree over the whole order, first place first."""
    children: dict[str, Applicant] = {child.entry.child_id: child for child in book.children}
    leaves = []
    for placing in placings:
        child = children[placing.child_id]
        leaves.append(order_leaf(child.entry.ticket, placing, missed_first=child.missed_first))
    return Tree(leaves)


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

"""One hash over the whole order and what everybody got: no place in it can be told differently to two families."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.enrollment.draw.rules.merkle import Tree, leaf


@dataclass(frozen=True, slots=True)
class OrderPlace:
    """A child's place in the order, 1 is first, and the clubs it got.

    The ticket is the leaf's salt: only the family and the school know it.
    """

    position: int
    ticket: str
    lottery: str
    tier_seal: str
    missed_first: bool
    given: tuple[str, ...]


def tier_seal(salt: str, tier: int) -> str:
    """Return the sealed tier: a receipt is passed around, and must say nothing of a priority group (R06).

    Who has the salt (the officer, the county) opens it by trying.
    """
    return leaf((salt, tier)).hex()


def order_leaf(place: OrderPlace) -> bytes:
    """Return a place's leaf."""
    return leaf(
        (
            place.position,
            place.ticket,
            place.lottery,
            place.tier_seal,
            place.missed_first,
            place.given,
        )
    )


def order_tree(places: Iterable[OrderPlace]) -> Tree:
    """Return the tree over the order, first place first."""
    return Tree([order_leaf(place) for place in places])

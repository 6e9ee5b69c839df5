"""One hash over all lists of wishes at the close: nobody's list can be changed, added or left out unseen."""

from collections.abc import Iterable

from services.enrollment.draw.rules.book import Entry
from services.enrollment.draw.rules.merkle import Tree, leaf


def entry_leaf(entry: Entry) -> bytes:
    """Return a list's leaf; the ticket in it is its salt."""
    return leaf(
        (
            entry.child_id,
            entry.ticket,
            entry.wishes,
            entry.most_clubs,
            entry.linked_id,
            entry.link,
            entry.if_apart,
        )
    )


def entries_tree(entries: Iterable[Entry]) -> tuple[Tree, dict[bytes, int]]:
    """Return the tree over the leaves, and where each of them is: they are sorted, so arrival plays no part."""
    leaves = sorted(entry_leaf(entry) for entry in entries)
    return Tree(leaves), {one: index for index, one in enumerate(leaves)}


def entries_root(entries: Iterable[Entry]) -> str:
    """Return the root over all lists, in whichever order they come; hexadecimal."""
    return entries_tree(entries)[0].root

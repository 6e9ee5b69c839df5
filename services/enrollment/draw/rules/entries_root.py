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


def entry_leaves(entries: Iterable[Entry]) -> list[bytes]:
    """Return all leaves, sorted: in which order the lists came plays no part."""
    return sorted(entry_leaf(entry) for entry in entries)


def entries_root(entries: Iterable[Entry]) -> str:
    """Return the root over all lists, in whichever order they come; hexadecimal."""
    return Tree(entry_leaves(entries)).root

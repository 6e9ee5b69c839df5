"""Who comes before whom: priority tier, then who missed the first wish last term, then the lottery number."""

import hmac
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256

from services.enrollment.draw.rules.book import Book

Unit = tuple[int, ...]
"""Children who are placed together, by index: one, or siblings; who would come first alone is first."""


def seed_hash(seed: str) -> str:
    """Return what is published before the close: SHA-256 of the seed's 32 bytes; hexadecimal."""
    return sha256(bytes.fromhex(seed)).hexdigest()


def lottery_number(seed: str, round_id: str, root: str, ticket: str, *, method: str) -> str:
    """Return HMAC-SHA256 under the seed of method, round, root over all lists, and ticket, one a line; hexadecimal.

    The root binds every number to what all families handed in: who knows the seed ahead cannot choose a number.
    """
    message = f"{method}\n{round_id}\n{root}\n{ticket}".encode()
    return hmac.digest(bytes.fromhex(seed), message, "sha256").hex()


def lottery_numbers(book: Book, root: str) -> list[str]:
    """Return every child's number, in the order of the book."""
    return [
        lottery_number(book.seed, book.round_id, root, child.entry.ticket, method=book.method)
        for child in book.children
    ]


def order_of(book: Book, numbers: Sequence[str]) -> list[Unit]:
    """Return the order of the draw, as indexes into the book.

    Linked siblings stand next to each other at the place of the *later* of them: linking moves nobody forward.
    """
    children = book.children
    alone = sorted(range(len(children)), key=numbers.__getitem__)
    # Sorting keeps the order of equals: by number first, then by what counts more.
    alone.sort(key=lambda index: 2 * children[index].tier + (not children[index].missed_first))
    sizes = Counter(child.entry.linked_id for child in children)
    gathered: dict[str, list[int]] = {}
    units: list[Unit] = []
    for index in alone:
        linked = children[index].entry.linked_id
        if linked is None:
            units.append((index,))
            continue
        siblings = gathered.setdefault(linked, [])
        siblings.append(index)
        if len(siblings) == sizes[linked]:
            units.append(tuple(siblings))
    return units

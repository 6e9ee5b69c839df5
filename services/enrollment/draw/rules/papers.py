"""The papers of a draw, as JSON: what everybody may read, what a family is given, what the county checks."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.enrollment.draw.rules.book import Book, Entry
from services.enrollment.draw.rules.draw_book import Placing, Result, order_places
from services.enrollment.draw.rules.entries_root import entry_leaf, entry_leaves
from services.enrollment.draw.rules.lottery_order import seed_hash
from services.enrollment.draw.rules.merkle import Path, Tree
from services.enrollment.draw.rules.order_root import OrderPlace, order_tree

Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
"""32 bytes, hexadecimal."""


class _Paper(BaseModel):
    model_config = ConfigDict(frozen=True)

    method: str = Field(description="The rule's name and version.")
    round_id: str
    seed_hash: Hash = Field(description="SHA-256 of the seed; published when the round was announced.")


class AnnouncedClub(BaseModel):
    """A club of the round: places that were drawn, and how many children wished for it."""

    club_id: str
    code: str
    title: str
    places: int
    wished: int | None = Field(description="From the close on.")


class Announcement(_Paper):
    """What everybody may read, without logging in; what is not known or not due yet is left empty."""

    kind: Literal["kehou-draw-announcement-1"] = "kehou-draw-announcement-1"
    entries_root: Hash | None = Field(description="Over all lists of wishes; from the close on.")
    order_root: Hash | None = Field(description="Over the whole order; from the results on.")
    seed: Hash | None = Field(description="From the results on.")
    clubs: list[AnnouncedClub]
    summary: dict[str, Any] | None


class Receipt(_Paper):
    """What a family keeps. Nothing in it tells a tier, its own child's included: receipts are passed around."""

    kind: Literal["kehou-draw-receipt-1"] = "kehou-draw-receipt-1"
    entries_root: Hash
    order_root: Hash
    seed: Hash
    entry: Entry
    entry_path: Path
    place: OrderPlace
    order_path: Path


class Record(_Paper):
    """The whole draw, for the county and the school's officer: what went in, and what families were told."""

    kind: Literal["kehou-draw-record-1"] = "kehou-draw-record-1"
    entries_root: Hash
    order_root: Hash
    book: Book
    placings: tuple[Placing, ...]
    dissolved: tuple[str, ...]


Paper = Annotated[Announcement | Receipt | Record, Field(discriminator="kind")]


def receipts_of(book: Book, result: Result) -> list[Receipt]:
    """Return everybody's receipt, by position."""
    leaves = entry_leaves(child.entry for child in book.children)
    entries, where = Tree(leaves), {leaf: index for index, leaf in enumerate(leaves)}
    known = {child.entry.child_id: child for child in book.children}
    children = [known[placing.child_id] for placing in result.placings]
    places = list(order_places(children, result.placings))
    order = order_tree(places)
    return [
        Receipt(
            method=book.method,
            round_id=book.round_id,
            seed_hash=seed_hash(book.seed),
            entries_root=result.entries_root,
            order_root=result.order_root,
            seed=book.seed,
            entry=child.entry,
            entry_path=entries.path(where[entry_leaf(child.entry)]),
            place=place,
            order_path=order.path(index),
        )
        for index, (child, place) in enumerate(zip(children, places, strict=True))
    ]

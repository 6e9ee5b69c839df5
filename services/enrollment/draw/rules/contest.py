"""The book in small numbers, its children in the order of the draw: what the passes work on."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.enrollment.draw.rules.book import Applicant, Book, Club
from services.enrollment.draw.rules.lottery_order import Unit
from services.enrollment.draw.rules.siblings import Combination, joint_wishes
from services.enrollment.draw.rules.week_hours import all_of, week_hours


@dataclass(frozen=True)
class Contest:
    """Clubs by their index in the book, children by their place in the order (0 is first).

    ``wishes`` leave out what a child is not fit for; ``busy`` are the hours it is in a club already; ``left`` says
    how many clubs it may still get. ``line`` names those who may get any, siblings by the first of them
    (``siblings``: that one -> all of them); ``joint`` holds the combinations of siblings.
    """

    clubs: Sequence[Club]
    children: Sequence[Applicant]
    line: list[int]
    siblings: dict[int, Unit]
    most_clubs: int
    hours: list[int]
    wishes: list[tuple[int, ...]]
    busy: list[int]
    left: list[int]
    joint: dict[Unit, list[Combination]]

    def limit(self, child: int) -> int:
        """How many clubs a child may have, those it holds already included."""
        return _limit(self.children[child], self.most_clubs)

    def shares_apart(self, unit: Unit) -> bool:
        """Whether siblings who cannot be placed together are each to get their own best."""
        return self.children[unit[0]].entry.if_apart == "each"


def contest_of(book: Book, order: Sequence[Unit]) -> Contest:
    """Number a book; raises KeyError for a club that is not in it."""
    number = {club.club_id: index for index, club in enumerate(book.clubs)}
    hours = week_hours(book.clubs)
    children = [book.children[index] for unit in order for index in unit]
    wishes, busy, left = [], [], []
    for child in children:
        unfit = child.unfit
        wishes.append(tuple(number[club] for club in child.entry.wishes if club not in unfit))
        busy.append(all_of(hours[number[club]] for club in child.holds) if child.holds else 0)
        left.append(max(0, _limit(child, book.most_clubs) - len(child.holds)))
    siblings = _siblings(order)
    joint = {
        unit: joint_wishes(book.clubs, [wishes[child] for child in unit], children[unit[0]].entry.link)
        for unit in siblings.values()
    }
    others = {child for unit in siblings.values() for child in unit[1:]}
    line = [
        child for child in range(len(children)) if child in siblings or (left[child] and child not in others)
    ]
    return Contest(book.clubs, children, line, siblings, book.most_clubs, hours, wishes, busy, left, joint)


def _limit(child: Applicant, most_clubs: int) -> int:
    own = child.entry.most_clubs
    return most_clubs if own is None else min(most_clubs, own)


def _siblings(order: Sequence[Unit]) -> dict[int, Unit]:
    """Return units of more than one by their places in the order: first place -> all of them, side by side."""
    found, place = {}, 0
    for unit in order:
        if len(unit) > 1:
            found[place] = tuple(range(place, place + len(unit)))
        place += len(unit)
    return found

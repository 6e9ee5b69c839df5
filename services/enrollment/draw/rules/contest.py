"""The book in small numbers: what the passes work on."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.enrollment.draw.rules.book import Book
from services.enrollment.draw.rules.lottery_order import Unit
from services.enrollment.draw.rules.siblings import Combination, joint_wishes
from services.enrollment.draw.rules.week_hours import all_of, week_hours


@dataclass(frozen=True)
class Contest:
    """Clubs and children by their index in the book.

    ``wishes`` leave out what a child is not fit for; ``busy`` are the hours it is in a club already; ``left`` says
    how many clubs it may still get. ``joint`` holds the combinations of linked siblings.
    """

    book: Book
    order: Sequence[Unit]
    hours: list[int]
    wishes: list[list[int]]
    busy: list[int]
    left: list[int]
    joint: dict[Unit, list[Combination]]

    def shares_apart(self, unit: Unit) -> bool:
        """Whether siblings who cannot be placed together are each to get their own best."""
        return self.book.children[unit[0]].entry.if_apart == "each"


def contest_of(book: Book, order: Sequence[Unit]) -> Contest:
    """Number a book; raises KeyError for a club that is not in it."""
    number = {club.club_id: index for index, club in enumerate(book.clubs)}
    hours = week_hours(book.clubs)
    most = book.most_clubs
    wishes, busy, left = [], [], []
    for child in book.children:
        entry, unfit = child.entry, child.unfit
        wishes.append([number[club] for club in entry.wishes if club not in unfit])
        busy.append(all_of(hours[number[club]] for club in child.holds))
        limit = most if entry.most_clubs is None else min(most, entry.most_clubs)
        left.append(max(0, limit - len(child.holds)))
    joint = {
        unit: joint_wishes(book.clubs, [wishes[child] for child in unit], book.children[unit[0]].entry.link)
        for unit in order
        if len(unit) > 1
    }
    return Contest(book, order, hours, wishes, busy, left, joint)

"""The draw once more, as slow and as plainly right as can be: every rule by its own words, nothing remembered."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product

from services.enrollment.draw.rules.book import Applicant, Book, Club

Given = dict[str, list[str]]
Places = dict[str, int]


def minutes(club: Club) -> set[tuple[int, int]]:
    def at(clock: str) -> int:
        hours, rest = clock.split(":")
        return int(hours) * 60 + int(rest)

    return {(day, minute) for day in club.weekdays for minute in range(at(club.starts), at(club.ends))}


def slow_order(book: Book, root: str) -> list[list[Applicant]]:
    def key(child: Applicant) -> tuple[int, int, str]:
        said = f"{book.method}\n{book.round_id}\n{root}\n{child.entry.ticket}"
        number = hmac.new(bytes.fromhex(book.seed), said.encode(), hashlib.sha256).hexdigest()
        return child.tier, 0 if child.missed_first else 1, number

    units: list[list[Applicant]] = []
    for child in book.children:
        linked = child.entry.linked_id
        if linked is None:
            units.append([child])
        elif all(unit[0].entry.linked_id != linked for unit in units):
            together = [one for one in book.children if one.entry.linked_id == linked]
            units.append(sorted(together, key=key))
    return sorted(units, key=lambda unit: max(key(child) for child in unit))


class SlowRun:
    """Passes without a single shortcut."""

    def __init__(self, book: Book, root: str, gone: set[str]) -> None:
        self.clubs: Mapping[str, Club] = {club.club_id: club for club in book.clubs}
        self.book = book
        self.gone = gone
        self.order = slow_order(book, root)
        self.given: Given = {child.entry.child_id: [] for child in book.children}
        changed = True
        while changed:
            before = {child: list(some) for child, some in self.given.items()}
            for unit in self.order:
                self.turn(unit)
            changed = before != self.given

    def free(self, club: str) -> int:
        taken = sum(some.count(club) for some in self.given.values())
        return 0 if club in self.gone else self.clubs[club].free - taken

    def filled(self, club: str) -> int:
        return self.clubs[club].held + sum(some.count(club) for some in self.given.values())

    def could(self, child: Applicant, club: str) -> bool:
        """Whether the child may have it, leaving aside whether a place is free."""
        has = [*child.holds, *self.given[child.entry.child_id]]
        own = child.entry.most_clubs
        limit = self.book.most_clubs if own is None else min(own, self.book.most_clubs)
        busy = set().union(*(minutes(self.clubs[one]) for one in has))
        return club not in child.unfit and len(has) < limit and not busy & minutes(self.clubs[club])

    def turn(self, unit: Sequence[Applicant]) -> None:
        if len(unit) > 1:
            together = self.best_together(unit)
            if together is not None:
                for child, club in zip(unit, together, strict=True):
                    self.given[child.entry.child_id].append(club)
                return
            if unit[0].entry.if_apart == "neither":
                return
        for child in unit:
            best = [club for club in child.entry.wishes if self.could(child, club) and self.free(club) > 0]
            if best:
                self.given[child.entry.child_id].append(best[0])

    def best_together(self, unit: Sequence[Applicant]) -> tuple[str, ...] | None:
        found = []
        ranked = [
            [(rank, club) for rank, club in enumerate(child.entry.wishes) if club not in child.unfit]
            for child in unit
        ]
        for some in product(*ranked):
            clubs = tuple(club for _, club in some)
            if (
                all(self.linked(unit[0].entry.link, a, b) for a, b in combinations(clubs, 2))
                and all(self.could(child, club) for child, club in zip(unit, clubs, strict=True))
                and all(self.free(club) >= clubs.count(club) for club in clubs)
            ):
                ranks = [
                    [one for one in child.entry.wishes if one not in child.unfit].index(club)
                    for child, club in zip(unit, clubs, strict=True)
                ]
                found.append((sum(ranks), ranks, clubs))
        return min(found)[2] if found else None

    def linked(self, link: str | None, a: str, b: str) -> bool:
        one, other = self.clubs[a], self.clubs[b]
        shared = set(one.weekdays) & set(other.weekdays)
        if link == "same_end":
            return bool(shared) and one.ends == other.ends
        return len(shared) == min(len(one.weekdays), len(other.weekdays))


def slow_draw(book: Book, root: str) -> tuple[Given, set[str]]:
    """Return every child's clubs in the order of the passes, and the clubs that fell."""
    gone = set()
    for club in book.clubs:
        wished = sum(club.club_id in set(c.entry.wishes) - set(c.unfit) for c in book.children)
        if club.minimum > 1 and club.held + min(club.free, wished) < club.minimum:
            gone.add(club.club_id)
    while True:
        run = SlowRun(book, root, gone)
        short = [
            club
            for club in book.clubs
            if club.club_id not in gone and 1 < club.minimum > run.filled(club.club_id)
        ]
        if not short:
            return run.given, gone
        short.sort(key=lambda club: (Fraction(run.filled(club.club_id), club.minimum), club.code))
        gone |= {club.club_id for club in short[: max(1, len(short) // 2)]}

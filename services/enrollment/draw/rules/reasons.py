"""What became of each wish, with the facts that a sentence about it needs; no fact says anything of a tier."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.enrollment.draw.rules.contest import Contest
from services.enrollment.draw.rules.minimum_size import Dissolved
from services.enrollment.draw.rules.passes import Run


@dataclass(slots=True)
class Outcome:
    """What became of one wish; ``rank`` 1 is the best.

    - given
    - unfit: ``because``, a sentence
    - dissolved: ``minimum``, and how many children it would have had (``filled``)
    - clash: ``with``, the better wish, or what the child is in already
    - limit: ``most``
    - full: ``places``, how many ``wished``, the child's ``position``; the position of the ``last`` who got in (None:
      nothing was free), or, where that was in an earlier pass, what the child got in it ``instead``
    - apart: ``link``; siblings could not be placed together
    """

    rank: int
    club_id: str
    outcome: str
    facts: dict[str, Any]


class Reasons:
    """Explains a finished run; wishes are looked at as they stand in the list, best first."""

    def __init__(self, contest: Contest, run: Run, dissolved: Dissolved, positions: Sequence[int]) -> None:
        self._contest = contest
        self._run = run
        self._dissolved = dissolved
        self._positions = positions
        self._wished = Counter(club for some in contest.wishes for club in some)

    def of(self, child: int) -> tuple[Outcome, ...]:
        """Return the outcomes of a child's wishes."""
        applicant = self._contest.book.children[child]
        wishes = applicant.entry.wishes
        if not applicant.unfit:
            return tuple(self._of(child, wishes))
        fit = (club for club in wishes if club not in applicant.unfit)
        known = {one.club_id: one for one in self._of(child, fit)}
        return tuple(
            replace(known[club], rank=rank)
            if club in known
            else Outcome(rank, club, "unfit", {"because": applicant.unfit[club]})
            for rank, club in enumerate(wishes, 1)
        )

    def _of(self, child: int, wishes: Iterable[str]) -> Iterable[Outcome]:
        """Yield the outcomes of the wishes that a child is fit for."""
        hours = self._contest.hours
        given = self._run.given[child]
        busy, left = self._contest.busy[child], self._contest.left[child]
        for rank, (club_id, club) in enumerate(zip(wishes, self._contest.wishes[child], strict=True), 1):
            if club in given:
                busy |= hours[club]
                left -= 1
                yield Outcome(rank, club_id, "given", {})
            elif club in self._dissolved:
                yield Outcome(rank, club_id, "dissolved", self._fallen(club))
            elif hours[club] & busy:
                yield Outcome(rank, club_id, "clash", self._clash(child, club))
            elif not left:
                yield Outcome(rank, club_id, "limit", self._limit(child))
            elif not self._run.free[club]:
                yield Outcome(rank, club_id, "full", self._full(child, club))
            else:
                yield Outcome(rank, club_id, *self._of_siblings(child, club))

    def _of_siblings(self, child: int, club: int) -> tuple[str, dict[str, Any]]:
        """Say why a sibling missed what was free: it took a worse wish together, or could not be together at all."""
        if self._contest.hours[club] & self._run.busy[child]:
            return "clash", self._clash(child, club)
        if not self._run.left[child]:
            return "limit", self._limit(child)
        return "apart", {"link": self._contest.book.children[child].entry.link}

    def _fallen(self, club: int) -> dict[str, Any]:
        return {"minimum": self._contest.book.clubs[club].minimum, "filled": self._dissolved[club]}

    def _clash(self, child: int, club: int) -> dict[str, Any]:
        """Name what it clashes with: what was held before, then the best of what was given."""
        contest, hours = self._contest, self._contest.hours
        if contest.busy[child] & hours[club]:
            held = set(contest.book.children[child].holds)
            others = [index for index, other in enumerate(contest.book.clubs) if other.club_id in held]
        else:
            given = set(self._run.given[child])
            others = [wish for wish in contest.wishes[child] if wish in given]
        other = next(other for other in others if hours[other] & hours[club])
        return {"with": contest.book.clubs[other].club_id}

    def _limit(self, child: int) -> dict[str, Any]:
        book = self._contest.book
        own = book.children[child].entry.most_clubs
        return {"most": book.most_clubs if own is None else min(own, book.most_clubs)}

    def _full(self, child: int, club: int) -> dict[str, Any]:
        clubs, positions, given = self._contest.book.clubs, self._positions, self._run.given[child]
        facts = {"places": clubs[club].free, "wished": self._wished[club], "position": positions[child]}
        if club not in self._run.filled:
            return {**facts, "last": None}
        number, last = self._run.filled[club]
        if positions[last] > positions[child] and len(given) >= number:
            return {**facts, "instead": clubs[given[number - 1]].club_id}
        return {**facts, "last": positions[last]}

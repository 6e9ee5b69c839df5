"""What became of each wish, with the facts that a sentence about it needs; no fact says anything of a tier."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from services.enrollment.draw.rules.contest import Contest
from services.enrollment.draw.rules.minimum_size import Dissolved
from services.enrollment.draw.rules.passes import Run


@dataclass(frozen=True, slots=True)
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
    facts: dict[str, Any] = field(default_factory=dict)


class Reasons:
    """Explains a finished run; wishes are looked at as they stand in the list, best first."""

    def __init__(self, contest: Contest, run: Run, dissolved: Dissolved, positions: Sequence[int]) -> None:
        self._contest = contest
        self._run = run
        self._dissolved = dissolved
        self._positions = positions
        self._number = {club.club_id: index for index, club in enumerate(contest.book.clubs)}
        self._wished = Counter(club for some in contest.wishes for club in some)

    def of(self, child: int) -> list[Outcome]:
        """Return the outcomes of a child's wishes."""
        applicant = self._contest.book.children[child]
        given = self._run.given[child]
        better = [self._number[club] for club in applicant.holds]
        limit = self._contest.left[child]
        outcomes = []
        for rank, club_id in enumerate(applicant.entry.wishes, 1):
            club = self._number[club_id]
            if club_id in applicant.unfit:
                told: tuple[str, dict[str, Any]] = ("unfit", {"because": applicant.unfit[club_id]})
            elif club in given:
                told = ("given", {})
                better.append(club)
                limit -= 1
            else:
                told = self._missed(child, club, better, spent=limit <= 0)
            outcomes.append(Outcome(rank, club_id, *told))
        return outcomes

    def _missed(
        self, child: int, club: int, better: Sequence[int], *, spent: bool
    ) -> tuple[str, dict[str, Any]]:
        """Say why a wish was missed; what was given or held before it is ``better``.

        A single child meets one of the first four always. Siblings may have taken a worse wish together, or nothing.
        """
        clubs, given = self._contest.book.clubs, self._run.given[child]
        full = not self._run.free[club]
        if club in self._dissolved:
            return "dissolved", {"minimum": clubs[club].minimum, "filled": self._dissolved[club]}
        clash = self._clash(club, better)
        if clash is None and not spent:
            if full:
                return "full", self._full(child, club, given)
            clash = self._clash(club, given)
        if clash is not None:
            return "clash", {"with": clubs[clash].club_id}
        if spent or not self._run.left[child]:
            return "limit", {"most": self._most(child)}
        return "apart", {"link": self._contest.book.children[child].entry.link}

    def _clash(self, club: int, others: Sequence[int]) -> int | None:
        hours = self._contest.hours
        return next((other for other in others if hours[other] & hours[club]), None)

    def _most(self, child: int) -> int:
        own = self._contest.book.children[child].entry.most_clubs
        most = self._contest.book.most_clubs
        return most if own is None else min(own, most)

    def _full(self, child: int, club: int, given: Sequence[int]) -> dict[str, Any]:
        clubs, positions = self._contest.book.clubs, self._positions
        facts = {"places": clubs[club].free, "wished": self._wished[club], "position": positions[child]}
        if club not in self._run.filled:
            return {**facts, "last": None}
        number, last = self._run.filled[club]
        if positions[last] > positions[child] and len(given) >= number:
            return {**facts, "instead": clubs[given[number - 1]].club_id}
        return {**facts, "last": positions[last]}

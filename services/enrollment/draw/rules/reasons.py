"""What became of each wish, with the facts that a sentence about it needs; no fact says anything of a tier."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from services.enrollment.draw.rules.contest import Contest
from services.enrollment.draw.rules.minimum_size import Dissolved
from services.enrollment.draw.rules.passes import Run


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a wish.

    - given
    - unfit: ``because``, a sentence
    - dissolved: ``minimum``, and how many children it would have had (``filled``)
    - clash: ``with``, the better wish, or what the child is in already
    - limit: ``most``
    - full: ``places``, how many ``wished``; the position of the ``last`` who got in (None: nothing was free), or,
      where that one stands behind the child, what the child got ``instead`` in the pass in which it filled
    - apart: ``link``; siblings could not be placed together
    """

    outcome: str
    facts: dict[str, Any]


class Reasons:
    """Explains a finished run; wishes are looked at as they stand in the list, best first.

    What is said of a club to many children is one object.
    """

    def __init__(self, contest: Contest, run: Run, dissolved: Dissolved) -> None:
        clubs = contest.clubs
        self._contest = contest
        self._run = run
        self._given = Outcome("given", {})
        self._clash = [Outcome("clash", {"with": club.club_id}) for club in clubs]
        self._fallen = {
            club: Outcome("dissolved", {"minimum": clubs[club].minimum, "filled": filled})
            for club, filled in dissolved.items()
        }
        wished = Counter(club for some in contest.wishes for club in some)
        self._places = [{"places": club.free, "wished": wished[index]} for index, club in enumerate(clubs)]
        self._full = [
            Outcome("full", {**places, "last": self._last(index)})
            for index, places in enumerate(self._places)
        ]

    def of(self, child: int) -> tuple[Outcome, ...]:
        """Return the outcomes of a child's wishes, best first."""
        outcomes, unfit = self._of_fit(child), self._contest.children[child].unfit
        if not unfit:
            return tuple(outcomes)
        others = iter(outcomes)
        return tuple(
            Outcome("unfit", {"because": unfit[club]}) if club in unfit else next(others)
            for club in self._contest.children[child].entry.wishes
        )

    def _of_fit(self, child: int) -> list[Outcome]:
        """Return the outcomes of the wishes that a child is fit for."""
        contest, run, hours = self._contest, self._run, self._contest.hours
        given, busy, left = run.given[child], contest.busy[child], contest.left[child]
        outcomes = []
        for club in contest.wishes[child]:
            if club in given:
                busy |= hours[club]
                left -= 1
                told = self._given
            elif club in self._fallen:
                told = self._fallen[club]
            elif hours[club] & busy:
                told = self._met(child, club)
            elif not left:
                told = Outcome("limit", {"most": contest.limit(child)})
            elif not run.free[club]:
                told = self._filled(child, club)
            else:
                told = self._of_siblings(child, club)
            outcomes.append(told)
        return outcomes

    def _of_siblings(self, child: int, club: int) -> Outcome:
        """Say why a sibling missed what was free: it took a worse wish together, or could not be together at all."""
        if self._contest.hours[club] & self._run.busy[child]:
            return self._met(child, club)
        if not self._run.left[child]:
            return Outcome("limit", {"most": self._contest.limit(child)})
        return Outcome("apart", {"link": self._contest.children[child].entry.link})

    def _met(self, child: int, club: int) -> Outcome:
        """Name what it clashes with: what was held before, else the best of what was given."""
        contest, hours = self._contest, self._contest.hours
        own = hours[club]
        if contest.busy[child] & own:
            held = contest.children[child].holds
            others = [index for index, other in enumerate(contest.clubs) if other.club_id in held]
        else:
            given = self._run.given[child]
            others = [wish for wish in contest.wishes[child] if wish in given]
        return next(self._clash[other] for other in others if hours[other] & own)

    def _last(self, club: int) -> int | None:
        """Return the position of who took the last place; None where none was drawn, or some are left."""
        return self._run.filled[club][1] + 1 if club in self._run.filled else None

    def _filled(self, child: int, club: int) -> Outcome:
        """Say with whom it was full. Was that one behind this child, it was in an earlier pass."""
        if club in self._run.filled:
            number, last = self._run.filled[club]
            given = self._run.given[child]
            if last > child and len(given) >= number:
                instead = self._contest.clubs[given[number - 1]].club_id
                return Outcome("full", {**self._places[club], "instead": instead})
        return self._full[club]

"""What does the clock say of a round, and may one of its offerings be claimed directly? Pure."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal, Protocol
from uuid import UUID

from services.enrollment.rounds.errors import RoundClosedForNow, RoundNotOpenYet, RoundToCome, WishesInstead
from services.enrollment.selection.errors import OfferingNotOpen
from services.enrollment.words import moment_text
from services.kernel.problems import Refusal

Rule = Literal["preference", "first_come"]
Phase = Literal["hidden", "visible", "open", "closed", "out"]


class Timed(Protocol):
    """A round's instants: a row of the table, or of a query."""

    kind: str
    visible_from: datetime
    opens_at: datetime
    closes_at: datetime
    results_at: datetime
    published_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """The round that an offering is chosen in, as it stands at an instant."""

    round_id: UUID
    rule: Rule
    phase: Phase
    most_clubs: int
    opens_at: datetime
    closes_at: datetime
    results_at: datetime
    frees_at: time | None


def phase_of(told: Timed, *, now: datetime) -> Phase:
    """Return where a round stands: open from ``opens_at`` on, closed from ``closes_at`` on.

    A drawn round is out when its results were written, which is never before ``results_at`` and may be a moment
    after it; a first-come round has nothing to write.
    """
    if now < told.visible_from:
        return "hidden"
    if now < told.opens_at:
        return "visible"
    if now < told.closes_at:
        return "open"
    waits_for_results = told.kind == "preference" and told.published_at is None
    return "closed" if waits_for_results or now < told.results_at else "out"


def claim_bar(
    standing: Standing | None, *, offering: str, offering_id: UUID, by_round: bool = False
) -> Refusal | None:
    """Return why an offering cannot be claimed directly; None: it can. ``standing`` None: it is in no round.

    What is chosen ``by_round`` waits for a round, or for another where its own was cancelled. A round that cannot be
    seen yet is not told: its offerings cannot be chosen, and that is all.
    """
    named = {"offering": offering, "offering_id": offering_id}
    if standing is None or standing.phase == "hidden":
        unseen = None if standing is None else OfferingNotOpen(**named)
        return RoundToCome(**named) if by_round else unseen
    if standing.phase == "out":
        return None
    facts = {**named, "round_id": standing.round_id}
    opens, closes, results = standing.opens_at, standing.closes_at, standing.results_at
    if standing.phase == "closed":
        return RoundClosedForNow(**facts, results_at=results.isoformat(), results=moment_text(results))
    if standing.rule == "preference":
        return WishesInstead(**facts, closes_at=closes.isoformat(), closes=moment_text(closes))
    if standing.phase == "visible":
        return RoundNotOpenYet(**facts, opens_at=opens.isoformat(), opens=moment_text(opens))
    return None

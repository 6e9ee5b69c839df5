"""May this child have a place in this club now? Pure; the answers to a batch, one after the other."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.enrollment.menu.errors import UnknownOffering
from services.enrollment.rounds.rules.phase import Phase, Standing, claim_bar
from services.enrollment.selection.errors import (
    CareIsAskedFor,
    DateNotPossible,
    OfferingFull,
    OfferingNotOpen,
    WaitingAhead,
)
from services.enrollment.selection.rules.claim_objection import Held, Wish, claim_objection
from services.enrollment.selection.rules.eligibility import Audience, unfit
from services.kernel.problems import Refusal

SHOWN = {"published", "withdrawn"}


@dataclass(frozen=True, slots=True)
class Club:
    """An offering as a claim meets it; ``standing`` None: in no round."""

    wish: Wish
    audience: Audience
    capacity: int
    state: str
    basic: bool
    kind: str
    code: str
    first_on: date
    standing: Standing | None = None
    invited: Collection[UUID] = ()


def begins_on(club: Club, asked: date | None, *, today: date) -> date | DateNotPossible:
    """Return the day from which a place holds: the asked day or today, not before the term, not after it."""
    earliest = max(today, club.first_on)
    if asked is not None and asked < today:
        return DateNotPossible(earliest=earliest.isoformat())
    since = max(asked or today, club.first_on)
    return since if since <= club.wish.last_on else DateNotPossible(earliest=earliest.isoformat())


def not_claimable(club: Club | None, *, asked_at: datetime) -> Refusal | None:
    """Return why nobody can claim this now: unknown, withdrawn, basic care, its round.

    ``asked_at`` is when the claim arrived: who asked before the close is not refused for having been queued, and
    who asked before the opening is not let in for it.
    """
    if club is None or club.state not in SHOWN:
        return UnknownOffering()
    named = {"offering": club.wish.title, "offering_id": club.wish.offering_id}
    if club.state != "published":
        return OfferingNotOpen(**named)
    if club.basic:
        return CareIsAskedFor(**named)
    standing = None if club.standing is None else _as_of(club.standing, asked_at)
    return claim_bar(standing, offering=club.wish.title, offering_id=club.wish.offering_id)


def judge_claim(
    club: Club, child_id: UUID, in_class: tuple[int, str], held: Collection[Held], *, since: date
) -> Refusal | None:
    """Return what stands against this child's place, apart from the seats; ``in_class`` is (grade, class name)."""
    grade, class_name = in_class
    if (
        no := unfit(club.audience, grade=grade, class_name=class_name, invited=child_id in club.invited)
    ) is not None:
        return no
    most = None if club.standing is None else club.standing.most_clubs
    return claim_objection(club.wish, held, since=since, most_clubs=most)


def no_seat(club: Club, *, free: int, waited_for: bool) -> OfferingFull | WaitingAhead | None:
    """Return why no seat can be had, in whatever way the child fits."""
    named = {"offering": club.wish.title, "offering_id": club.wish.offering_id}
    if free <= 0:
        return OfferingFull(**named, capacity=club.capacity)
    return WaitingAhead(**named) if waited_for else None


def beside(wanted: Club, clubs: Iterable[tuple[Club, int]]) -> list[tuple[Club, int]]:
    """Return those of ``clubs`` (with their free places) that lie in the hours of the wanted one.

    The same kind first, then the emptiest.
    """
    found = [
        (club, free)
        for club, free in clubs
        if club.wish.offering_id != wanted.wish.offering_id
        and club.wish.starts < wanted.wish.ends
        and wanted.wish.starts < club.wish.ends
        and not set(club.wish.weekdays).isdisjoint(wanted.wish.weekdays)
    ]
    return sorted(found, key=lambda one: (one[0].kind != wanted.kind, -one[1], one[0].code))


def _as_of(standing: Standing, at: datetime) -> Standing:
    """Return a first-come round as it stood when the claim arrived; a drawn round's results are not instants."""
    if standing.rule != "first_come" or standing.phase == "hidden":
        return standing
    phase: Phase = "out"
    if at < standing.opens_at:
        phase = "visible"
    elif at < standing.closes_at:
        phase = "open"
    elif at < standing.results_at:
        phase = "closed"
    return standing if phase == standing.phase else replace(standing, phase=phase)

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
from services.enrollment.selection.rules.claim_objection import Held, Wanted, claim_objection
from services.enrollment.selection.rules.eligibility import Audience, unfit
from services.kernel.problems import Refusal

SHOWN = {"published", "withdrawn"}


@dataclass(frozen=True, slots=True)
class Club(Wanted):
    """An offering as a claim meets it; ``standing`` None: in no round."""

    audience: Audience
    capacity: int
    state: str
    basic: bool
    kind: str
    code: str
    first_on: date
    by_round: bool = False
    standing: Standing | None = None
    invited: Collection[UUID] = ()


def begins_on(club: Club, asked: date | None, *, today: date) -> date | DateNotPossible:
    """Return the day from which a place holds: the asked day or today, not before the term, not after it."""
    earliest = max(today, club.first_on)
    if asked is not None and asked < today:
        return DateNotPossible(earliest=earliest.isoformat())
    since = max(asked or today, club.first_on)
    return since if since <= club.last_on else DateNotPossible(earliest=earliest.isoformat())


def not_open(club: Club | None) -> Refusal | None:
    """Return why nobody can have a place in this at any time: unknown, withdrawn, or basic care."""
    if club is None or club.state not in SHOWN:
        return UnknownOffering()
    if club.state != "published":
        return OfferingNotOpen(**club.named)
    return CareIsAskedFor(**club.named) if club.basic else None


def not_claimable(club: Club | None, *, asked_at: datetime) -> Refusal | None:
    """Return why nobody can claim this now: it is not open, or its round is not.

    ``asked_at`` is when the claim arrived: who asked before the close is not refused for having been queued, and
    who asked before the opening is not let in for it.
    """
    if (closed := not_open(club)) is not None or club is None:
        return closed
    standing = None if club.standing is None else _as_of(club.standing, asked_at)
    return claim_bar(standing, offering=club.title, offering_id=club.offering_id, by_round=club.by_round)


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
    return claim_objection(club, held, since=since, most_clubs=most)


def no_seat(club: Club, *, free: int, waited_for: bool) -> OfferingFull | WaitingAhead | None:
    """Return why no seat can be had, in whatever way the child fits."""
    if free <= 0:
        return OfferingFull(**club.named, capacity=club.capacity)
    return WaitingAhead(**club.named) if waited_for else None


def beside(wanted: Club, clubs: Iterable[tuple[Club, int]]) -> list[tuple[Club, int]]:
    """Return those of ``clubs`` (with their free places) that lie in the hours of the wanted one.

    The same kind first, then the emptiest.
    """
    found = [
        (club, free)
        for club, free in clubs
        if club.offering_id != wanted.offering_id
        and club.starts < wanted.ends
        and wanted.starts < club.ends
        and not set(club.weekdays).isdisjoint(wanted.weekdays)
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

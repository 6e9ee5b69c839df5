"""May a child give one club for another, and from which day? Pure."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from services.enrollment.selection.errors import OfferingNotOpen, PlaceHeld
from services.enrollment.selection.rules.claim_objection import Held
from services.enrollment.selection.rules.judge_claim import Club, judge_claim, not_open
from services.enrollment.swaps.errors import SwapNotNow, SwapTooLate
from services.enrollment.words import moment_text
from services.kernel.problems import Refusal


def exchange_bar(club: Club | None) -> Refusal | None:
    """Return why nobody can exchange places of this offering now: unknown, withdrawn, care, or its round runs.

    A round that cannot be seen yet is not told, as for a claim.
    """
    if (closed := not_open(club)) is not None or club is None:
        return closed
    if club.standing is not None and club.standing.phase == "hidden":
        return OfferingNotOpen(**club.named)
    if club.standing is not None and club.standing.phase != "out":
        results = club.standing.results_at
        return SwapNotNow(**club.named, results_at=results.isoformat(), results=moment_text(results))
    return None


def exchange_day(given: Club, wanted: Club, *, begun: Iterable[date], today: date) -> date | SwapTooLate:
    """Return the first day after ``today`` on which both clubs run and both places (``begun``) have.

    Never today: both children may be on their way to their rooms.
    """
    since = max(today + timedelta(days=1), given.first_on, wanted.first_on, *begun)
    if since > min(given.last_on, wanted.last_on):
        return SwapTooLate(offering=given.title, other=wanted.title)
    return since


def exchange_objection(
    wanted: Club,
    child: tuple[UUID, int, str],
    held: Iterable[Held],
    *,
    gives: UUID,
    since: date,
) -> Refusal | None:
    """Return what stands against ``wanted`` once the place ``gives`` is given; ``child`` is (id, grade, class)."""
    child_id, grade, class_name = child
    others = [one for one in held if one.place_id != gives]
    if any(one.place_id == gives and one.offering_id == wanted.offering_id for one in held):
        return PlaceHeld(**wanted.named, place_id=gives)
    return judge_claim(wanted, child_id, (grade, class_name), others, since=since)

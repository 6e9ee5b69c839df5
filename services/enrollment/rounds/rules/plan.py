"""What an officer announces of a round, and do its times make sense? Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from services.enrollment.rounds.errors import CloseOnlyLater, RoundTimesMixedUp
from services.enrollment.rounds.rules.phase import Rule
from services.enrollment.words import moment_text
from services.kernel.clock import school_day
from services.kernel.problems import Refusal


@dataclass(frozen=True)
class RoundPlan:
    """A round's times and limits; its columns have the same names. Instants are UTC."""

    term_id: UUID
    kind: Rule
    title: str
    visible_from: datetime
    opens_at: datetime
    closes_at: datetime
    results_at: datetime
    most_clubs: int
    most_wishes: int
    frees_at: time | None = None


def times_objection(plan: RoundPlan, *, earliest: datetime, last_on: date) -> Refusal | None:
    """Return an objection to a round that opens before ``earliest`` or is not over by the term's last day."""
    in_order = plan.visible_from <= plan.opens_at < plan.closes_at <= plan.results_at
    if in_order and plan.opens_at >= earliest and school_day(plan.results_at) <= last_on:
        return None
    return RoundTimesMixedUp()


def extension_objection(was: RoundPlan, becomes: RoundPlan) -> Refusal | None:
    """Return an objection where an open round would close, or have its results, earlier than families know."""
    if was.closes_at <= becomes.closes_at <= becomes.results_at and was.results_at <= becomes.results_at:
        return None
    return CloseOnlyLater(closes_at=was.closes_at.isoformat(), closes=moment_text(was.closes_at))

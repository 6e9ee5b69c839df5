"""An officer changes a round: everything but its rule and seed until it opens, then only to a later close."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.rounds.announce_round import check_times, write_offerings
from services.enrollment.rounds.errors import RoundCancelled, RoundClosed, RoundHasOpened
from services.enrollment.rounds.note_change import note_change
from services.enrollment.rounds.offerings_of_round import offerings_of_round
from services.enrollment.rounds.pick_offerings import Picked, pick_offerings
from services.enrollment.rounds.round_on_file import lock_round, round_on_file
from services.enrollment.rounds.round_timers import hold_round_timers, set_round_timers
from services.enrollment.rounds.rules.phase import phase_of
from services.enrollment.rounds.rules.plan import RoundPlan, extension_objection
from services.enrollment.rounds.tables import Round, RoundOffering
from services.enrollment.words import moment_text

_COLUMNS = tuple(field.name for field in fields(RoundPlan))
_WHILE_OPEN = {"closes_at", "results_at"}


@dataclass(frozen=True)
class Correction:
    """What becomes different, and why. ``values``: columns of the plan, but for the term and the kind."""

    values: Mapping[str, Any]
    picked: Picked | None = None
    reason: str = ""


async def change_round(
    tx: AsyncSession, school_id: UUID, round_id: UUID, correction: Correction, *, by: UUID, now: datetime
) -> Round:
    """Change the round, keep what it was, and tell families again if they can see it.

    Raises:
        UnknownRound, RoundCancelled, RoundClosed: nothing to change.
        RoundHasOpened, CloseOnlyLater: an open round's close can be put off, and nothing else.
        RoundTimesMixedUp: times out of order, in the past or after the term.
        UnknownOffering, RoundNeedsOfferings, NotForARound, InAnotherRound: what was picked.
    """
    known = await round_on_file(tx, school_id, round_id)
    offerings = None
    if correction.picked is not None:
        offerings = await pick_offerings(
            tx, school_id, known.term_id, correction.picked, own_round=round_id, now=now
        )
    await hold_round_timers(tx, school_id, round_id)
    told = await lock_round(tx, school_id, round_id)
    plan = RoundPlan(**told.model_dump(include=set(_COLUMNS)))
    becomes = replace(plan, **correction.values)
    await _check(tx, told, (plan, becomes), correction, now=now)
    was = {name: value for name, value in asdict(plan).items() if value != getattr(becomes, name)}
    became = {name: getattr(becomes, name) for name in was}
    for name, value in became.items():
        setattr(told, name, value)
    if offerings is not None:
        was["offerings"] = [str(one) for one in await _exchange(tx, told, offerings)]
        became["offerings"] = [str(one) for one in offerings]
    note_change(tx, told, (was, became), reason=correction.reason, by=by, now=now)
    await set_round_timers(tx, told)
    await tx.flush()
    return told


async def _check(
    tx: AsyncSession,
    told: Round,
    plans: tuple[RoundPlan, RoundPlan],
    correction: Correction,
    *,
    now: datetime,
) -> None:
    was, becomes = plans
    if told.cancelled_at is not None:
        raise RoundCancelled(round_id=told.round_id, reason=told.cancel_reason)
    phase = phase_of(told, now=now)
    if phase in {"closed", "out"} or told.closed_at is not None:
        raise RoundClosed(
            round_id=told.round_id, closes_at=was.closes_at.isoformat(), closes=moment_text(was.closes_at)
        )
    if phase == "open":
        if correction.picked is not None or set(correction.values) - _WHILE_OPEN:
            raise RoundHasOpened(round_id=told.round_id)
        objection = extension_objection(was, becomes)
        if objection is not None:
            raise objection
    await check_times(tx, told.school_id, becomes, earliest=was.opens_at if phase == "open" else now)


async def _exchange(tx: AsyncSession, told: Round, offerings: list[UUID]) -> list[UUID]:
    """Put other offerings into the round; returns those that were in it."""
    before = await offerings_of_round(tx, told.school_id, told.round_id)
    await tx.execute(
        delete(RoundOffering).where(
            col(RoundOffering.school_id) == told.school_id, col(RoundOffering.round_id) == told.round_id
        )
    )
    write_offerings(tx, told, offerings)
    return before

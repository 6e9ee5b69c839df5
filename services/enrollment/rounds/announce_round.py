"""An officer announces a round: what is chosen in it, how, and when."""

import hashlib
import secrets
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.calendar.errors import UnknownTerm
from services.enrollment.rounds.pick_offerings import Picked, pick_offerings
from services.enrollment.rounds.round_timers import set_round_timers
from services.enrollment.rounds.rules.plan import RoundPlan, times_objection
from services.enrollment.rounds.tables import Round, RoundOffering
from services.enrollment.schools.tables import Term
from services.kernel.cipher import FieldCipher
from services.kernel.ids import new_id

SEED_BYTES = 32


async def announce_round(
    tx: AsyncSession,
    school_id: UUID,
    plan: RoundPlan,
    picked: Picked,
    *,
    by: UUID,
    cipher: FieldCipher,
    now: datetime,
) -> Round:
    """Write the round down; families are told at ``visible_from``.

    A preference round gets its seed here. Its hash is public as soon as the round can be seen; the seed stays
    sealed until the draw, and nothing changes it (decision 17).

    Raises:
        UnknownTerm: no such term.
        RoundTimesMixedUp: times out of order, in the past or after the term.
        UnknownOffering, RoundNeedsOfferings, NotForARound, InAnotherRound: what was picked.
    """
    await check_times(tx, school_id, plan, earliest=now)
    offerings = await pick_offerings(tx, school_id, plan.term_id, picked, now=now)
    told = Round(school_id=school_id, round_id=new_id(), announced_at=now, announced_by=by, **asdict(plan))
    if plan.kind == "preference":
        seed = secrets.token_bytes(SEED_BYTES)
        told.seed_sealed, told.seed_hash = cipher.seal(seed.hex()), hashlib.sha256(seed).hexdigest()
    tx.add(told)
    await tx.flush()
    write_offerings(tx, told, offerings)
    await set_round_timers(tx, told)
    await tx.flush()
    return told


async def check_times(tx: AsyncSession, school_id: UUID, plan: RoundPlan, *, earliest: datetime) -> None:
    """Hold a plan's times against each other, against ``earliest`` and against the term; raises what objects."""
    term = await tx.get(Term, (school_id, plan.term_id))
    if term is None:
        raise UnknownTerm
    objection = times_objection(plan, earliest=earliest, last_on=term.ends_on)
    if objection is not None:
        raise objection


def write_offerings(tx: AsyncSession, told: Round, offerings: list[UUID]) -> None:
    """Add the offerings to a round."""
    tx.add_all(
        RoundOffering(school_id=told.school_id, round_id=told.round_id, offering_id=offering_id)
        for offering_id in offerings
    )

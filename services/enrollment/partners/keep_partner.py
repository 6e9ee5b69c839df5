"""Put a partner from outside on file, or bring its papers up to date (R21)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.partners.errors import CheckNotPossible, UnknownPartner, UnknownPartnerKind
from services.enrollment.partners.tables import Partner
from services.enrollment.policy import Policy
from services.kernel.clock import school_day
from services.kernel.ids import new_id


@dataclass(frozen=True)
class PartnerFacts:
    """What is known of a partner; ``kind`` is a key of the policy's partner_kinds, both days of the check count."""

    name: str
    kind: str
    qualification: str | None
    check_no: str | None
    checked_on: date | None
    check_valid_until: date | None
    ended: bool = False


async def add_partner(
    tx: AsyncSession, school_id: UUID, facts: PartnerFacts, *, by: UUID, policy: Policy, now: datetime
) -> Partner:
    """Add a partner; without papers it is on file all the same, and nothing that it carries is published.

    Raises:
        UnknownPartnerKind, CheckNotPossible.
    """
    _check(facts, policy, now)
    partner = Partner(
        school_id=school_id, partner_id=new_id(), **vars(facts), recorded_by=by, recorded_at=now
    )
    tx.add(partner)
    await tx.flush()
    return partner


async def change_partner(
    tx: AsyncSession,
    school_id: UUID,
    partner_id: UUID,
    facts: PartnerFacts,
    *,
    by: UUID,
    policy: Policy,
    now: datetime,
) -> Partner:
    """Write what is known now; raises UnknownPartner and as above."""
    _check(facts, policy, now)
    partner = await tx.get(Partner, (school_id, partner_id), with_for_update=True)
    if partner is None:
        raise UnknownPartner
    for name, value in vars(facts).items():
        setattr(partner, name, value)
    partner.recorded_by, partner.recorded_at = by, now
    await tx.flush()
    return partner


async def partners_on_file(tx: AsyncSession, school_id: UUID) -> Sequence[Partner]:
    """Return the school's partners by name, those it ended with last."""
    found = await tx.scalars(
        select(Partner)
        .where(col(Partner.school_id) == school_id)
        .order_by(col(Partner.ended), col(Partner.name))
    )
    return found.all()


def _check(facts: PartnerFacts, policy: Policy, now: datetime) -> None:
    if facts.kind not in policy.partner_kinds:
        raise UnknownPartnerKind(kind=facts.kind)
    checked, until = facts.checked_on, facts.check_valid_until
    backwards = checked is not None and until is not None and until < checked
    if backwards or (checked is not None and checked > school_day(now)):
        raise CheckNotPossible(
            checked_on=str(checked), valid_until=str(until) if until is not None else "（未填）"
        )

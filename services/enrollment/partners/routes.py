"""People and places from outside, and their papers; for officers."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, Field

from services.contracts.personas import OFFICERS
from services.enrollment.given import PolicyInForce
from services.enrollment.menu.rules.outside_people import Papers
from services.enrollment.partners.keep_partner import (
    PartnerFacts,
    add_partner,
    change_partner,
    partners_on_file,
)
from services.enrollment.partners.tables import Partner
from services.enrollment.policy import Policy
from services.kernel.clock import school_day
from services.kernel.web.dependencies import Caller, Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1/partners", tags=["partners"])

Line = Annotated[str, Field(min_length=1, max_length=200)]


class PartnerIn(BaseModel):
    """A person or institution from outside; ``kind`` is one of the policy's."""

    school_id: UUID
    name: Line
    kind: str
    qualification: Line | None = None
    check_no: Line | None = None
    checked_on: date | None = None
    check_valid_until: date | None = None
    ended: bool = False

    def facts(self) -> PartnerFacts:
        """Shape it for the command."""
        return PartnerFacts(**self.model_dump(exclude={"school_id"}))


class PartnerOut(BaseModel):
    """A partner; ``lacking`` says in Chinese what keeps its offerings from being published today, or null."""

    partner_id: UUID
    name: str
    kind: str
    kind_label: str
    qualification: str | None
    check_no: str | None
    checked_on: date | None
    check_valid_until: date | None
    ended: bool
    recorded_at: AwareDatetime
    lacking: str | None


class PartnersOut(BaseModel):
    """A school's partners, by name."""

    partners: list[PartnerOut]


@router.get("")
async def partners(school_id: UUID, who: Caller, tx: Tx, policy: PolicyInForce, now: Now) -> PartnersOut:
    """Return the school's partners and their papers."""
    who.require(*OFFICERS)
    who.person_in(school_id)
    found = await partners_on_file(tx, school_id)
    return PartnersOut(partners=[_out(one, policy, school_day(now)) for one in found])


@router.post("", status_code=201, response_model=PartnerOut)
async def add(
    body: PartnerIn, who: Caller, tx: Tx, policy: PolicyInForce, now: Now, once: OnceOnly
) -> PartnerOut | Response:
    """Put a partner on file."""
    who.require(*OFFICERS)
    by = who.person_in(body.school_id)

    async def make() -> PartnerOut:
        partner = await add_partner(tx, body.school_id, body.facts(), by=by, policy=policy, now=now)
        return _out(partner, policy, school_day(now))

    return await once(make)


@router.put("/{partner_id}", response_model=PartnerOut)
async def change(
    partner_id: UUID,
    body: PartnerIn,
    who: Caller,
    tx: Tx,
    policy: PolicyInForce,
    now: Now,
    once: OnceOnly,
) -> PartnerOut | Response:
    """Bring a partner's papers up to date, or end with it."""
    who.require(*OFFICERS)
    by = who.person_in(body.school_id)

    async def make() -> PartnerOut:
        partner = await change_partner(
            tx, body.school_id, partner_id, body.facts(), by=by, policy=policy, now=now
        )
        return _out(partner, policy, school_day(now))

    return await once(make)


def _out(partner: Partner, policy: Policy, today: date) -> PartnerOut:
    papers = Papers(
        partner.qualification,
        partner.check_no,
        partner.checked_on,
        partner.check_valid_until,
        partner.ended,
    )
    return PartnerOut.model_validate(
        {
            **partner.model_dump(),
            "kind_label": policy.partner_kinds[partner.kind].label,
            "lacking": papers.lacking(today),
        }
    )

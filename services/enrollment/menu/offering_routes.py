"""Single offerings: drafted, changed, withdrawn, and whom they invite."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, Field

from services.contracts.personas import OFFICERS, Persona
from services.enrollment.calendar.terms_on_file import term_asked_for
from services.enrollment.given import PolicyInForce
from services.enrollment.menu.add_offering import add_offering
from services.enrollment.menu.answer_offering import answer_offering
from services.enrollment.menu.change_offering import change_offering, drop_change
from services.enrollment.menu.invite_children import invite_children, invited_children, take_invitation_back
from services.enrollment.menu.offering_values import OfferingValues
from services.enrollment.menu.shapes import MenuOfferingOut, WholeMenuOut, WrittenOfferingOut
from services.enrollment.menu.whole_menu import whole_menu
from services.enrollment.menu.withdraw_offering import withdraw_offering
from services.kernel.clock import school_day
from services.kernel.web.dependencies import Caller, Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1", tags=["menu"])


class DraftIn(BaseModel):
    """An offering for a term (default: the running or next one); without a code it gets the next one."""

    school_id: UUID
    term_id: UUID | None = None
    offering: OfferingValues


class ChangeIn(BaseModel):
    """What shall be otherwise."""

    school_id: UUID
    changes: OfferingValues


class WithdrawalIn(BaseModel):
    """``from_on`` (default: today) is the first day on which it does not meet."""

    school_id: UUID
    from_on: date | None = None
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class InvitationIn(BaseModel):
    """Children of the school."""

    school_id: UUID
    child_ids: Annotated[list[UUID], Field(min_length=1, max_length=500)]


class InvitedOut(BaseModel):
    """A child that may choose the offering."""

    child_id: UUID
    name: str
    grade: int
    class_name: str
    invited_at: AwareDatetime


class InvitationsOut(BaseModel):
    """Who is invited, by class and name."""

    children: list[InvitedOut]


@router.get("/menu")
async def menu(school_id: UUID, who: Caller, tx: Tx, now: Now, term_id: UUID | None = None) -> WholeMenuOut:
    """Return every offering of a term in whatever state, with what waits for the next publication."""
    who.require(*OFFICERS, Persona.PRINCIPAL)
    who.person_in(school_id)
    term = await term_asked_for(tx, school_id, term_id, on=school_day(now))
    rows = await whole_menu(tx, school_id, term.term_id, today=school_day(now))
    return WholeMenuOut(
        term_id=term.term_id, offerings=[MenuOfferingOut.model_validate(dict(row)) for row in rows]
    )


@router.post("/offerings", status_code=201, response_model=WrittenOfferingOut)
async def draft(
    body: DraftIn, who: Caller, tx: Tx, policy: PolicyInForce, now: Now, once: OnceOnly
) -> WrittenOfferingOut | Response:
    """Draft an offering; families see it once it is published."""
    who.require(*OFFICERS)
    who.person_in(body.school_id)

    async def make() -> WrittenOfferingOut:
        term = await term_asked_for(tx, body.school_id, body.term_id, on=school_day(now))
        offering = await add_offering(tx, body.school_id, term.term_id, body.offering, policy=policy)
        return await answer_offering(tx, body.school_id, offering, policy=policy, today=school_day(now))

    return await once(make)


@router.patch("/offerings/{offering_id}", response_model=WrittenOfferingOut)
async def change(
    offering_id: UUID,
    body: ChangeIn,
    who: Caller,
    tx: Tx,
    policy: PolicyInForce,
    now: Now,
    once: OnceOnly,
) -> WrittenOfferingOut | Response:
    """Change an offering: a draft at once, a published one with the next publication."""
    who.require(*OFFICERS)
    by = who.person_in(body.school_id)

    async def make() -> WrittenOfferingOut:
        offering = await change_offering(
            tx, body.school_id, offering_id, body.changes, by=by, policy=policy, now=now
        )
        return await answer_offering(tx, body.school_id, offering, policy=policy, today=school_day(now))

    return await once(make)


@router.delete("/offerings/{offering_id}/change", response_model=WrittenOfferingOut)
async def keep_as_it_is(
    offering_id: UUID,
    school_id: UUID,
    who: Caller,
    tx: Tx,
    policy: PolicyInForce,
    now: Now,
    once: OnceOnly,
) -> WrittenOfferingOut | Response:
    """Let a published offering stay as it is: what waits for the next publication is dropped."""
    who.require(*OFFICERS)
    who.person_in(school_id)

    async def make() -> WrittenOfferingOut:
        offering = await drop_change(tx, school_id, offering_id)
        return await answer_offering(tx, school_id, offering, policy=policy, today=school_day(now))

    return await once(make)


@router.post("/offerings/{offering_id}/withdrawal", response_model=MenuOfferingOut)
async def withdraw(
    offering_id: UUID, body: WithdrawalIn, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> MenuOfferingOut | Response:
    """Withdraw an offering from a day on: places end, families are told, care takes its children back."""
    who.require(*OFFICERS)
    who.person_in(body.school_id)

    async def make() -> MenuOfferingOut:
        offering = await withdraw_offering(
            tx, body.school_id, offering_id, from_on=body.from_on, reason=body.reason, now=now
        )
        (row,) = await whole_menu(
            tx, body.school_id, offering.term_id, offering_id=offering_id, today=school_day(now)
        )
        return MenuOfferingOut.model_validate(dict(row))

    return await once(make)


@router.get("/offerings/{offering_id}/invitations")
async def invitations(offering_id: UUID, school_id: UUID, who: Caller, tx: Tx) -> InvitationsOut:
    """Return who is invited; for officers and the offering's teacher."""
    who.require(*OFFICERS, Persona.TEACHER)
    return await _invited(tx, school_id, offering_id, who)


@router.post("/offerings/{offering_id}/invitations", status_code=201, response_model=InvitationsOut)
async def invite(
    offering_id: UUID, body: InvitationIn, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> InvitationsOut | Response:
    """Invite children to an offering by invitation (R07); for officers and the offering's teacher."""
    who.require(*OFFICERS, Persona.TEACHER)
    by, officer = who.person_in(body.school_id), who.persona in OFFICERS

    async def make() -> InvitationsOut:
        await invite_children(
            tx, body.school_id, offering_id, body.child_ids, by=by, officer=officer, now=now
        )
        return await _invited(tx, body.school_id, offering_id, who)

    return await once(make)


@router.delete("/offerings/{offering_id}/invitations/{child_id}", response_model=InvitationsOut)
async def uninvite(
    offering_id: UUID, child_id: UUID, school_id: UUID, who: Caller, tx: Tx, once: OnceOnly
) -> InvitationsOut | Response:
    """Take an invitation back; a place that the child holds stays."""
    who.require(*OFFICERS, Persona.TEACHER)
    by, officer = who.person_in(school_id), who.persona in OFFICERS

    async def make() -> InvitationsOut:
        await take_invitation_back(tx, school_id, offering_id, child_id, by=by, officer=officer)
        return await _invited(tx, school_id, offering_id, who)

    return await once(make)


async def _invited(tx: Tx, school_id: UUID, offering_id: UUID, who: Caller) -> InvitationsOut:
    rows = await invited_children(
        tx, school_id, offering_id, by=who.person_in(school_id), officer=who.persona in OFFICERS
    )
    return InvitationsOut(children=[InvitedOut.model_validate(dict(row)) for row in rows])

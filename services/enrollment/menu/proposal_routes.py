"""What teachers put forward, and what the school decides about it (R14)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.contracts.personas import OFFICERS, Persona
from services.enrollment.calendar.terms_on_file import term_asked_for
from services.enrollment.given import PolicyInForce
from services.enrollment.menu.add_offering import add_offering
from services.enrollment.menu.answer_offering import answer_offering
from services.enrollment.menu.decide_proposal import approve_proposal, refuse_proposal
from services.enrollment.menu.offering_values import OfferingValues
from services.enrollment.menu.shapes import MenuOfferingOut, WholeMenuOut, WrittenOfferingOut
from services.enrollment.menu.whole_menu import whole_menu
from services.kernel.clock import school_day
from services.kernel.web.dependencies import Caller, Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1/menu/proposals", tags=["menu"])


class ProposalIn(BaseModel):
    """What a teacher would like to give, in a term (default: the running or next one)."""

    school_id: UUID
    term_id: UUID | None = None
    offering: OfferingValues


class ApprovalIn(BaseModel):
    """The school takes it, with these changes."""

    school_id: UUID
    changes: OfferingValues = Field(default_factory=OfferingValues)


class RefusalIn(BaseModel):
    """The school does not take it, and says why."""

    school_id: UUID
    reason: Annotated[str, Field(min_length=1, max_length=500)]


@router.get("")
async def proposals(
    school_id: UUID, who: Caller, tx: Tx, now: Now, term_id: UUID | None = None
) -> WholeMenuOut:
    """Return what was put forward: to officers everything, to a teacher the own ones with what became of them."""
    who.require(*OFFICERS, Persona.TEACHER)
    person = who.person_in(school_id)
    term = await term_asked_for(tx, school_id, term_id, on=school_day(now))
    by = None if who.persona in OFFICERS else person
    rows = await whole_menu(
        tx, school_id, term.term_id, proposals=True, put_forward_by=by, today=school_day(now)
    )
    return WholeMenuOut(
        term_id=term.term_id, offerings=[MenuOfferingOut.model_validate(dict(row)) for row in rows]
    )


@router.post("", status_code=201, response_model=WrittenOfferingOut)
async def put_forward(
    body: ProposalIn, who: Caller, tx: Tx, policy: PolicyInForce, now: Now, once: OnceOnly
) -> WrittenOfferingOut | Response:
    """Put an offering forward, to be given by oneself; findings say what the school will have to solve."""
    who.require(Persona.TEACHER)
    teacher = who.person_in(body.school_id)

    async def make() -> WrittenOfferingOut:
        term = await term_asked_for(tx, body.school_id, body.term_id, on=school_day(now))
        offering = await add_offering(
            tx, body.school_id, term.term_id, body.offering, policy=policy, put_forward_by=teacher
        )
        return await answer_offering(tx, body.school_id, offering, policy=policy, today=school_day(now))

    return await once(make)


@router.post("/{offering_id}/approval", response_model=WrittenOfferingOut)
async def approve(
    offering_id: UUID,
    body: ApprovalIn,
    who: Caller,
    tx: Tx,
    policy: PolicyInForce,
    now: Now,
    once: OnceOnly,
) -> WrittenOfferingOut | Response:
    """Make a draft of it; anything may be changed on the way."""
    who.require(*OFFICERS)
    who.person_in(body.school_id)

    async def make() -> WrittenOfferingOut:
        offering = await approve_proposal(tx, body.school_id, offering_id, body.changes, policy=policy)
        return await answer_offering(tx, body.school_id, offering, policy=policy, today=school_day(now))

    return await once(make)


@router.post("/{offering_id}/refusal", response_model=WrittenOfferingOut)
async def refuse(
    offering_id: UUID,
    body: RefusalIn,
    who: Caller,
    tx: Tx,
    policy: PolicyInForce,
    now: Now,
    once: OnceOnly,
) -> WrittenOfferingOut | Response:
    """Refuse it; the teacher reads the reason."""
    who.require(*OFFICERS)
    who.person_in(body.school_id)

    async def make() -> WrittenOfferingOut:
        offering = await refuse_proposal(tx, body.school_id, offering_id, reason=body.reason)
        return await answer_offering(tx, body.school_id, offering, policy=policy, today=school_day(now))

    return await once(make)

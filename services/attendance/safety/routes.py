"""Missing children and absences: ``/api/v1/missing`` and ``/api/v1/stays/{child_id}/absence``."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from services.attendance.custody.rules.take_step import HeldStay
from services.attendance.roster.staff_on_duty import StaffOnDuty
from services.attendance.safety.clear_missing import Told, clear_missing, confirm_missing, settle_child
from services.attendance.safety.missing_children import missing_children
from services.kernel.web.dependencies import Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1", tags=["safety"])


class ConfirmationIn(BaseModel):
    """The day of the case."""

    service_on: date


class ClearingIn(BaseModel):
    """Where the child is. went_home and sick end its day; by the others it is expected until it is received."""

    service_on: date
    reason: Literal["went_home", "sick", "with_other_teacher", "other"]
    note: str = Field(default="", max_length=200)


class AbsenceIn(BaseModel):
    """Why an expected child does not come; ``leave``: the family asked for it (excused)."""

    service_on: date
    reason: Literal["went_home", "sick", "leave"]
    note: str = Field(default="", max_length=200)


class ConfirmedOut(BaseModel):
    """The family is told."""

    case_id: UUID
    told: bool


class SettledOut(BaseModel):
    """Where the child stands then."""

    child_id: UUID
    state: Literal["expected", "in_care", "in_transit", "released", "absent", "excused"]
    missing: bool


class CaseOut(BaseModel):
    """One missing child. ``last_adult``: who answers for it, where somebody offered it."""

    case_id: UUID
    child_id: UUID
    child: str
    grade: int
    class_name: str
    session: str | None
    last_adult: str | None
    raised_at: AwareDatetime
    told_at: AwareDatetime | None
    cleared_at: AwareDatetime | None
    cleared_by: UUID | None
    reason: str | None


class CasesOut(BaseModel):
    """Open cases first."""

    cases: list[CaseOut]


@router.get("/missing")
async def show(
    service_on: date, staff: StaffOnDuty, tx: Tx, *, only_open: Annotated[bool, Query(alias="open")] = False
) -> CasesOut:
    """List the day's missing children, also those who were found."""
    rows = await missing_children(tx, staff.school_id, service_on, only_open=only_open)
    return CasesOut(cases=[CaseOut(**row) for row in rows])


@router.post("/missing/{case_id}/confirmation", response_model=ConfirmedOut)
async def confirm(
    case_id: UUID, body: ConfirmationIn, staff: StaffOnDuty, once: OnceOnly, now: Now, tx: Tx
) -> ConfirmedOut | Response:
    """Confirm that the child is missing: its family hears of it now."""

    async def make() -> ConfirmedOut:
        await confirm_missing(tx, staff, body.service_on, case_id, now=now)
        return ConfirmedOut(case_id=case_id, told=True)

    return await once(make)


@router.post("/missing/{case_id}/clearing", response_model=SettledOut)
async def clear(
    case_id: UUID, body: ClearingIn, staff: StaffOnDuty, once: OnceOnly, now: Now, tx: Tx
) -> SettledOut | Response:
    """Say where a missing child is."""

    async def make() -> SettledOut:
        told = Told(body.service_on, body.reason, body.note)
        return _settled(await clear_missing(tx, staff, case_id, told, now=now))

    return await once(make)


@router.post("/stays/{child_id}/absence", response_model=SettledOut)
async def absence(
    child_id: UUID, body: AbsenceIn, staff: StaffOnDuty, once: OnceOnly, now: Now, tx: Tx
) -> SettledOut | Response:
    """Settle a child that does not come; an open case of it is cleared along."""

    async def make() -> SettledOut:
        told = Told(body.service_on, body.reason, body.note)
        return _settled(await settle_child(tx, staff, child_id, told, now=now))

    return await once(make)


def _settled(stay: HeldStay) -> SettledOut:
    return SettledOut(child_id=stay.child_id, state=stay.state, missing=stay.missing)

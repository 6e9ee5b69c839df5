"""Late children: ``/api/v1/late-cases``."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.attendance.lateness.late_children import late_children
from services.attendance.lateness.pause_ladder import pause_ladder
from services.attendance.lateness.rules.ladder import minutes_late
from services.attendance.roster.school_of_children import school_of_children
from services.attendance.roster.staff_on_duty import StaffOnDuty
from services.contracts.personas import Persona
from services.kernel.device_instant import DeviceInstant
from services.kernel.web.dependencies import Caller, Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1/late-cases", tags=["lateness"])


class OnMyWayIn(BaseModel):
    """When somebody will be at the gate."""

    until: DeviceInstant


class PauseOut(BaseModel):
    """Until when reminders wait (the school may grant less than asked), and how often more today."""

    case_id: UUID
    paused_until: AwareDatetime
    pauses_left: int


class LateCaseOut(BaseModel):
    """A child that should be home. ``paused_until``: its family is on the way."""

    model_config = ConfigDict(from_attributes=True)

    case_id: UUID
    child_id: UUID
    child: str
    grade: int
    class_name: str
    late_since: AwareDatetime
    minutes_late: int = 0
    paused_until: AwareDatetime | None
    ended_at: AwareDatetime | None
    adult_id: UUID | None
    adult: str | None
    room: str | None
    next_step_at: AwareDatetime | None
    steps_climbed: int


class LateCasesOut(BaseModel):
    """The day's cases, open ones first."""

    service_on: date
    cases: list[LateCaseOut]


@router.post("/{child_id}/on-my-way", response_model=PauseOut)
async def on_my_way(
    child_id: UUID, body: OnMyWayIn, who: Caller, tx: Tx, now: Now, once: OnceOnly
) -> PauseOut | Response:
    """Let the family of a late child say when it will be there."""
    who.require(Persona.GUARDIAN)
    school_id = await school_of_children(tx, who.schools, [child_id])

    async def pause() -> PauseOut:
        granted = await pause_ladder(
            tx, school_id, who.person_in(school_id), child_id, until=body.until, now=now
        )
        return PauseOut.model_validate(granted, from_attributes=True)

    return await once(pause)


@router.get("")
async def late_today(
    service_on: date, staff: StaffOnDuty, tx: Tx, now: Now, *, open_only: Annotated[bool, Query()] = False
) -> LateCasesOut:
    """Show who is late, with whom, and how far the ladder has climbed."""
    rows = await late_children(tx, staff.school_id, service_on, open_only=open_only)
    cases = [LateCaseOut.model_validate(row) for row in rows]
    return LateCasesOut(
        service_on=service_on,
        cases=[
            case.model_copy(update={"minutes_late": minutes_late(case.late_since, case.ended_at or now)})
            for case in cases
        ],
    )

"""What people look at: ``/api/v1/boards/duty``, ``/api/v1/days/{service_on}/bundle``, ``/api/v1/stays``."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from services.attendance.boards.duty_board import duty_board
from services.attendance.boards.own_children import child_of_school, own_children
from services.attendance.boards.phone_bundle import phone_bundle
from services.attendance.boards.shapes import (
    BundleChildOut,
    BundleOut,
    BundleSessionOut,
    DutyBoardOut,
    LateOnBoardOut,
    OpenHandOverOut,
    StaysOut,
    WhereaboutsOut,
)
from services.attendance.dismissal.errors import NoSuchDay
from services.attendance.lateness.rules.ladder import minutes_late
from services.attendance.roster.staff_on_duty import StaffOnDuty, staff_on_duty
from services.contracts.personas import Persona
from services.kernel.problems import NotYours
from services.kernel.web.dependencies import Caller, Held, Now, Tx

router = APIRouter(prefix="/api/v1", tags=["boards"])


@router.get("/boards/duty")
async def show_duty_board(service_on: date, staff: StaffOnDuty, tx: Tx, now: Now) -> DutyBoardOut:
    """Show the school at this moment."""
    board = await duty_board(tx, staff.school_id, service_on, now=now)
    if board is None:
        raise NoSuchDay(service_on=service_on.isoformat())
    told: dict[str, Any] = {
        "school_id": staff.school_id,
        "service_on": service_on,
        "now": now,
        "state": board.day.state,
        "counts": board.counts,
        "rooms": board.rooms,
        "open_hand_overs": [
            OpenHandOverOut(**offer, minutes=minutes_late(offer["offered_at"], now))
            for offer in board.open_hand_overs
        ],
        "missing": board.missing,
        "late": [
            LateOnBoardOut.model_validate(case).model_copy(
                update={"minutes_late": minutes_late(case.late_since, now)}
            )
            for case in board.late
        ],
        "recent": board.recent,
    }
    return DutyBoardOut.model_validate(told)


@router.get("/days/{service_on}/bundle")
async def fetch_bundle(
    service_on: date, staff: StaffOnDuty, tx: Tx, now: Now, held: Held, *, everyone: bool = False
) -> BundleOut:
    """Give a teacher's phone its day; ``everyone`` is heeded for leaders, who may release any child."""
    bundle = await phone_bundle(
        tx, staff.school_id, service_on, adult_id=staff.adult_id, everyone=everyone and staff.leader
    )
    return BundleOut(
        school_id=staff.school_id,
        service_on=service_on,
        adult_id=staff.adult_id,
        now=now,
        pass_key=held.verifier.public_key("attendance"),
        sessions=[BundleSessionOut(**session) for session in bundle.sessions],
        children=[
            BundleChildOut(
                **child.stand,
                collectors=child.collectors,
                blocked=child.blocked,
                may_go_alone=child.may_go_alone,
            )
            for child in bundle.children
        ],
    )


@router.get("/stays")
async def where_now(
    service_on: date,
    who: Caller,
    tx: Tx,
    now: Now,
    child_id: UUID | None = None,
    school_id: Annotated[UUID | None, Query()] = None,
) -> StaysOut:
    """Tell guardians where their children are, and staff where one child of the school is."""
    if who.persona == Persona.GUARDIAN:
        found = await own_children(tx, who.people, service_on, child_id=child_id)
    else:
        staff = await staff_on_duty(who, school_id)
        found = await child_of_school(tx, staff.school_id, service_on, child_id=child_id) if child_id else []
    if child_id is not None and not found:
        raise NotYours
    return StaysOut(
        service_on=service_on,
        now=now,
        children=[WhereaboutsOut.model_validate(each, from_attributes=True) for each in found],
    )

"""The day as a whole: ``/api/v1/days/{service_on}``."""

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel

from services.attendance.dismissal.close_day import close_day
from services.attendance.dismissal.day_figures import day_figures
from services.attendance.dismissal.errors import NoSuchDay
from services.attendance.roster.staff_on_duty import LeaderOnDuty, StaffOnDuty
from services.kernel.web.dependencies import Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1/days", tags=["days"])


class SessionFiguresOut(BaseModel):
    """One session. ``not_coming``: expected ones who are absent or excused."""

    session_id: UUID
    name: str
    kind: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    teacher_id: UUID | None
    teacher: str | None
    room_id: UUID | None
    room: str | None
    expected: int
    not_coming: int
    present: int


class DayOut(BaseModel):
    """A day in numbers. ``counts`` are children and cases, ``ledger`` lines of the ledger by kind."""

    school_id: UUID
    service_on: date
    state: str
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None
    closed_by: UUID | None
    roster_version: int
    counts: dict[str, int]
    ledger: dict[str, int]
    sessions: list[SessionFiguresOut]


class ClosedOut(BaseModel):
    """The day is closed: it balances."""

    school_id: UUID
    service_on: date
    closed_at: AwareDatetime
    counts: dict[str, int]


@router.get("/{service_on}")
async def show_day(service_on: date, staff: StaffOnDuty, tx: Tx) -> DayOut:
    """Show how the day stands."""
    figures = await day_figures(tx, staff.school_id, service_on)
    if figures is None:
        raise NoSuchDay(service_on=service_on.isoformat())
    day = figures.day
    told: dict[str, Any] = {
        "school_id": staff.school_id,
        "service_on": service_on,
        "state": day.state,
        "opened_at": day.opened_at,
        "closed_at": day.closed_at,
        "closed_by": day.closed_by,
        "roster_version": day.roster_version,
        "counts": figures.counts,
        "ledger": figures.ledger,
        "sessions": figures.sessions,
    }
    return DayOut.model_validate(told)


@router.post("/{service_on}/closing", response_model=ClosedOut)
async def close(
    service_on: date, leader: LeaderOnDuty, tx: Tx, now: Now, once: OnceOnly
) -> ClosedOut | Response:
    """Close the day; refused with every child that is not accounted for."""

    async def make() -> ClosedOut:
        closed = await close_day(tx, leader.school_id, service_on, leader_id=leader.adult_id, now=now)
        return ClosedOut(
            school_id=leader.school_id,
            service_on=service_on,
            closed_at=closed.closed_at,
            counts=closed.counts,
        )

    return await once(make)

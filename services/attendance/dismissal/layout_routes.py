"""Laying out a day by hand: ``POST /api/v1/days/{service_on}/layout``."""

from datetime import date
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel

from services.attendance.dismissal.errors import DayAlreadyClosed, NoServiceThatDay
from services.attendance.dismissal.lay_out_day import lay_out_day
from services.attendance.roster.staff_on_duty import LeaderOnDuty
from services.kernel.web.dependencies import Now, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1/days", tags=["days"])


class LaidOutOut(BaseModel):
    """The day as it is laid out now."""

    school_id: UUID
    service_on: date
    state: Literal["open"]
    sessions: int
    children: int


@router.post("/{service_on}/layout", response_model=LaidOutOut)
async def lay_out(
    service_on: date, leader: LeaderOnDuty, once: OnceOnly, now: Now, tx: Tx
) -> LaidOutOut | Response:
    """Bring a day into line with places, menu and calendar at once; a timer does it every night."""

    async def make() -> LaidOutOut:
        told = await lay_out_day(tx, leader.school_id, service_on, now=now)
        if told.state == "no_service":
            raise NoServiceThatDay(service_on=service_on.isoformat())
        if told.state == "closed":
            raise DayAlreadyClosed(service_on=service_on.isoformat())
        return LaidOutOut(
            school_id=leader.school_id,
            service_on=service_on,
            state="open",
            sessions=told.sessions,
            children=told.children,
        )

    return await once(make)

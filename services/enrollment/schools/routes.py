"""Schools: the list for everybody, and what an officer says about the own one."""

from datetime import time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlmodel import col

from services.contracts.personas import OFFICERS
from services.enrollment.schools.errors import SchoolNotOnFile
from services.enrollment.schools.tables import School
from services.kernel.web.dependencies import Caller, Held, Tx
from services.kernel.web.once import OnceOnly

router = APIRouter(prefix="/api/v1")


class SchoolOut(BaseModel):
    """What everybody may know of a school."""

    school_id: UUID
    code: str
    name: str
    county: str
    kind: str
    releases_at: time
    safety_measures: str | None
    complaint_contact: str | None


class SchoolsOut(BaseModel):
    """Schools by code."""

    schools: list[SchoolOut]


class SchoolPageIn(BaseModel):
    """What the school says about safety and complaints on its public page (R02)."""

    safety_measures: Annotated[str, Field(max_length=5_000)]
    complaint_contact: Annotated[str, Field(max_length=200)]


@router.get("/public/schools", tags=["public"])
async def all_schools(held: Held) -> SchoolsOut:
    """Return all schools, without logging in: to find the own one."""
    async with held.database.transaction() as tx:
        found = await tx.scalars(select(School).order_by(col(School.code)))
        return SchoolsOut(schools=[SchoolOut.model_validate(one, from_attributes=True) for one in found])


@router.get("/schools", tags=["schools"])
async def own_schools(who: Caller, tx: Tx) -> SchoolsOut:
    """Return the caller's schools."""
    found = await tx.scalars(
        select(School).where(col(School.school_id).in_(who.schools)).order_by(col(School.code))
    )
    return SchoolsOut(schools=[SchoolOut.model_validate(one, from_attributes=True) for one in found])


@router.put("/schools/{school_id}/page", tags=["schools"], response_model=SchoolOut)
async def page(
    school_id: UUID, body: SchoolPageIn, who: Caller, tx: Tx, once: OnceOnly
) -> SchoolOut | Response:
    """Say what stands on the school's public page."""
    who.require(*OFFICERS)
    who.person_in(school_id)

    async def make() -> SchoolOut:
        school = await tx.get(School, school_id)
        if school is None:
            raise SchoolNotOnFile
        school.safety_measures, school.complaint_contact = body.safety_measures, body.complaint_contact
        await tx.flush()
        return SchoolOut.model_validate(school, from_attributes=True)

    return await once(make)

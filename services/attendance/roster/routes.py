"""Whether attendance's copy of a roster is right, and how to make it anew; only with a service token."""

from uuid import UUID

from fastapi import APIRouter

from services.attendance.roster.own_copy import AttendanceCopy
from services.clients.enrollment import EnrollmentClient
from services.clients.roster_copy import compare_copy, rebuild_copy
from services.contracts.internal.roster_copies import CopyComparison
from services.kernel.web.dependencies import Held, InternalCaller

router = APIRouter(prefix="/internal/roster", include_in_schema=False)


@router.get("/comparison")
async def comparison(school_id: UUID, held: Held, _: InternalCaller) -> CopyComparison:
    """Hold the copy of a school beside what enrollment tells of it now."""
    enrollment = EnrollmentClient(held.remote("enrollment"))
    return await compare_copy(held.database, enrollment, AttendanceCopy(), school_id)


@router.post("/rebuild")
async def rebuild(school_id: UUID, held: Held, _: InternalCaller) -> CopyComparison:
    """Make the copy of a school anew from scratch; returns how it stood before."""
    enrollment = EnrollmentClient(held.remote("enrollment"))
    return await rebuild_copy(held.database, held.clock, enrollment, AttendanceCopy(), school_id)

"""An officer approves or refuses that somebody is a child's guardian."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.families.block_person import is_blocked
from services.enrollment.families.errors import ChildNotNamed, ChildNotOnFile, RequestDecided, UnknownRequest
from services.enrollment.families.tables import Child, Guardian, Guardianship, GuardianshipRequest
from services.enrollment.roster.take_version import take_version
from services.kernel.ids import new_id

BEHIND = 2
"""A sheet names two guardians; whoever an officer approves stands behind them, also where it names one so far."""


async def decide_guardianship(
    tx: AsyncSession,
    school_id: UUID,
    request_id: UUID,
    *,
    child_id: UUID | None,
    reason: str | None = None,
    by: UUID,
    now: datetime,
) -> GuardianshipRequest:
    """Approve for ``child_id``, or refuse where it is None. On approval the guardian stands behind the sheet's two.

    Who is kept from the child may become its guardian, and may not collect it.

    Raises:
        UnknownRequest, RequestDecided: nothing to decide.
        ChildNotNamed: a refusal needs a reason, an approval a child.
        ChildNotOnFile: no such child in this school.
    """
    request = await _open_request(tx, school_id, request_id)
    if child_id is None and not reason:
        raise ChildNotNamed
    request.state = "approved" if child_id is not None else "refused"
    request.decided_at, request.decided_by = now, by
    request.child_id, request.reason = child_id, reason
    if child_id is not None:
        await _approve(tx, request, child_id, now=now)
    await tx.flush()
    return request


async def _open_request(tx: AsyncSession, school_id: UUID, request_id: UUID) -> GuardianshipRequest:
    found = await tx.execute(
        select(GuardianshipRequest)
        .where(
            col(GuardianshipRequest.school_id) == school_id,
            col(GuardianshipRequest.request_id) == request_id,
        )
        .with_for_update()
    )
    request = found.scalar_one_or_none()
    if request is None:
        raise UnknownRequest
    if request.state != "open":
        raise RequestDecided(state=request.state)
    return request


async def _approve(tx: AsyncSession, request: GuardianshipRequest, child_id: UUID, *, now: datetime) -> None:
    school_id = request.school_id
    found = await tx.execute(
        select(Child)
        .where(col(Child.school_id) == school_id, col(Child.child_id) == child_id, ~col(Child.removed))
        .with_for_update(key_share=True)
    )
    if found.scalar_one_or_none() is None:
        raise ChildNotOnFile
    version = await take_version(tx, school_id, now=now)
    guardian = await _guardian(tx, request, version)
    bond = await tx.get(Guardianship, (school_id, child_id, guardian.guardian_id))
    if bond is None:
        rank = await tx.scalar(
            select(func.max(col(Guardianship.rank))).where(
                col(Guardianship.school_id) == school_id, col(Guardianship.child_id) == child_id
            )
        )
        bond = Guardianship(
            school_id=school_id,
            child_id=child_id,
            guardian_id=guardian.guardian_id,
            relation=request.relation,
            rank=max(rank or 0, BEHIND) + 1,
            from_sheet=False,
            version=version,
        )
    bond.removed, bond.version = False, version
    if await is_blocked(tx, school_id, child_id, name=guardian.name, phone_index=guardian.phone_index):
        bond.may_collect = False
    tx.add(bond)


async def _guardian(tx: AsyncSession, request: GuardianshipRequest, version: int) -> Guardian:
    found = await tx.execute(
        select(Guardian).where(
            col(Guardian.school_id) == request.school_id, col(Guardian.phone_index) == request.phone_index
        )
    )
    guardian = found.scalar_one_or_none()
    if guardian is None:
        guardian = Guardian(
            school_id=request.school_id,
            guardian_id=new_id(),
            name=request.name,
            phone_sealed=request.phone_sealed,
            phone_index=request.phone_index,
            version=version,
        )
    guardian.removed, guardian.version = False, version
    tx.add(guardian)
    await tx.flush()
    return guardian

"""An officer says what a guardian may do for a child, or that somebody is its guardian no longer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.families.block_person import is_blocked
from services.enrollment.families.errors import (
    ChildNotOnFile,
    GuardianIsBlocked,
    NobodyWouldBeTold,
    UnknownGuardian,
)
from services.enrollment.families.follow_moves import follow_children
from services.enrollment.families.tables import Guardian, Guardianship
from services.enrollment.roster.take_version import take_version
from services.enrollment.selection.lock_children import lock_children


@dataclass(frozen=True)
class Rights:
    """What a guardian may do for a child; ``rank`` 1 is called first, equal ranks in the order of their making."""

    may_choose: bool
    may_sign: bool
    may_collect: bool
    is_told: bool
    rank: int


async def set_rights(
    tx: AsyncSession,
    school_id: UUID,
    bond: tuple[UUID, UUID],
    rights: Rights,
    *,
    now: datetime,
) -> Guardianship:
    """Replace the rights of a (child, guardian). A sheet that is imported later leaves them as they are.

    Raises:
        ChildNotOnFile, UnknownGuardian: no such bond at this school.
        NobodyWouldBeTold: nobody would hear of this child any more.
        GuardianIsBlocked: the right to collect, against an order on file.
    """
    found = await _hold(tx, school_id, bond)
    if not rights.is_told:
        await _check_told(tx, found)
    if rights.may_collect:
        await _check_not_blocked(tx, found)
    for name, value in vars(rights).items():
        setattr(found, name, value)
    found.version = await take_version(tx, school_id, now=now)
    await tx.flush()
    return found


async def end_guardianship(
    tx: AsyncSession, school_id: UUID, bond: tuple[UUID, UUID], *, now: datetime
) -> Guardianship:
    """End a (child, guardian); who has no other child at the school can no longer log in to it.

    What the guardian chose for the child stays: it is the child's.

    Raises:
        ChildNotOnFile, UnknownGuardian: no such bond at this school.
        NobodyWouldBeTold: nobody would hear of this child any more.
    """
    found = await _hold(tx, school_id, bond)
    await _check_told(tx, found)
    version = await take_version(tx, school_id, now=now)
    found.removed, found.version = True, version
    await tx.flush()
    await follow_children(tx, school_id, [found.child_id], version=version)
    return found


async def _hold(tx: AsyncSession, school_id: UUID, bond: tuple[UUID, UUID]) -> Guardianship:
    child_id, guardian_id = bond
    if child_id not in (await lock_children(tx, school_id, [child_id])).classes:
        raise ChildNotOnFile
    found = await tx.get(Guardianship, (school_id, child_id, guardian_id), populate_existing=True)
    if found is None or found.removed:
        raise UnknownGuardian
    return found


async def _check_told(tx: AsyncSession, bond: Guardianship) -> None:
    others: Sequence[UUID] = (
        await tx.scalars(
            select(col(Guardianship.guardian_id)).where(
                col(Guardianship.school_id) == bond.school_id,
                col(Guardianship.child_id) == bond.child_id,
                col(Guardianship.guardian_id) != bond.guardian_id,
                col(Guardianship.is_told),
                ~col(Guardianship.removed),
            )
        )
    ).all()
    if not others:
        guardian = await tx.get(Guardian, (bond.school_id, bond.guardian_id))
        raise NobodyWouldBeTold(guardian=guardian.name if guardian else "这位监护人")


async def _check_not_blocked(tx: AsyncSession, bond: Guardianship) -> None:
    guardian = await tx.get_one(Guardian, (bond.school_id, bond.guardian_id))
    index = guardian.phone_index
    if await is_blocked(tx, bond.school_id, bond.child_id, name=guardian.name, phone_index=index):
        raise GuardianIsBlocked(guardian=guardian.name)

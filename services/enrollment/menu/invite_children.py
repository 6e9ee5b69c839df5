"""Invite single children to an offering that is by invitation only (R07)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.families.tables import Child
from services.enrollment.menu.errors import NotByInvitation, NotYourOffering
from services.enrollment.menu.offering_under_lock import offering_under_lock
from services.enrollment.menu.tables import OfferingInvitation
from services.kernel.problems import NotYours

_INVITED = text(
    "SELECT i.child_id, c.name, c.grade, c.class_name, i.invited_at FROM offering_invitation i"
    "  JOIN child c USING (school_id, child_id)"
    " WHERE i.school_id = :school_id AND i.offering_id = :offering_id AND NOT c.removed"
    " ORDER BY c.grade, c.class_name, c.pinyin"
)


async def invite_children(
    tx: AsyncSession,
    school_id: UUID,
    offering_id: UUID,
    children: Collection[UUID],
    *,
    by: UUID,
    officer: bool,
    now: datetime,
) -> None:
    """Let these children choose the offering; inviting a child twice says no more than once.

    Raises:
        UnknownOffering, NotByInvitation: there is nothing to invite to.
        NotYourOffering: neither an officer nor its teacher.
        NotYours: a child that is not at this school.
    """
    await _may_invite(tx, school_id, offering_id, by=by, officer=officer)
    known = await tx.scalars(
        select(col(Child.child_id)).where(
            col(Child.school_id) == school_id, col(Child.child_id).in_(children), ~col(Child.removed)
        )
    )
    if set(known) != set(children):
        raise NotYours
    rows = [
        {
            "school_id": school_id,
            "offering_id": offering_id,
            "child_id": child_id,
            "invited_by": by,
            "invited_at": now,
        }
        for child_id in sorted(set(children))
    ]
    await tx.execute(insert(OfferingInvitation).values(rows).on_conflict_do_nothing())


async def take_invitation_back(
    tx: AsyncSession, school_id: UUID, offering_id: UUID, child_id: UUID, *, by: UUID, officer: bool
) -> None:
    """Let a child not choose it any more; a place that it holds stays. Raises as above."""
    await _may_invite(tx, school_id, offering_id, by=by, officer=officer)
    await tx.execute(
        delete(OfferingInvitation).where(
            col(OfferingInvitation.school_id) == school_id,
            col(OfferingInvitation.offering_id) == offering_id,
            col(OfferingInvitation.child_id) == child_id,
        )
    )


async def invited_children(
    tx: AsyncSession, school_id: UUID, offering_id: UUID, *, by: UUID, officer: bool
) -> Sequence[RowMapping]:
    """Return who is invited, by class and name. Raises as above."""
    await _may_invite(tx, school_id, offering_id, by=by, officer=officer)
    facts = {"school_id": school_id, "offering_id": offering_id}
    return (await tx.execute(_INVITED, facts)).mappings().all()


async def _may_invite(
    tx: AsyncSession, school_id: UUID, offering_id: UUID, *, by: UUID, officer: bool
) -> None:
    offering = await offering_under_lock(tx, school_id, offering_id)
    if not officer and offering.teacher_id != by:
        raise NotYourOffering(offering=offering.title)
    if not offering.by_invitation:
        raise NotByInvitation(offering=offering.title)

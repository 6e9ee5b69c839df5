"""Change an offering: a draft at once, a published one with the next publication."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.menu.check_offering import check_offering
from services.enrollment.menu.errors import NoPendingChange, OfferingNotPossible, OfferingWithdrawn
from services.enrollment.menu.offering_under_lock import offering_under_lock
from services.enrollment.menu.offering_values import as_json, from_json
from services.enrollment.menu.rules.offering_shape import fixed_once_published
from services.enrollment.menu.tables import Offering, OfferingChange
from services.enrollment.policy import Policy


async def change_offering(
    tx: AsyncSession,
    school_id: UUID,
    offering_id: UUID,
    values: Mapping[str, Any],
    *,
    by: UUID,
    policy: Policy,
    now: datetime,
) -> Offering:
    """Write new values into a draft, or keep them beside a published offering until the next publication.

    Changes of a published offering add up; one that says what it is already falls away.

    Raises:
        UnknownOffering, OfferingWithdrawn: there is none, or none any more.
        OfferingNotPossible, UnknownStaffOrRoom, UnknownPartner, CodeTaken: as `check_offering`.
    """
    offering = await offering_under_lock(tx, school_id, offering_id)
    if offering.state in ("withdrawn", "refused"):
        raise OfferingWithdrawn(offering=offering.title)
    if offering.state != "published":
        await write_draft(tx, offering, values, policy=policy)
        return offering
    pending = await tx.get(OfferingChange, (school_id, offering_id), populate_existing=True)
    wanted = {**(from_json(pending.new_values) if pending is not None else {}), **values}
    before = offering.model_dump()
    after = {**before, **wanted}
    await check_offering(tx, school_id, after, policy=policy)
    if (sentence := fixed_once_published(before, after, policy)) is not None:
        raise OfferingNotPossible(code="fixed_once_published", problem=sentence)
    await keep_change(tx, offering, wanted, by=by, now=now)
    return offering


async def write_draft(
    tx: AsyncSession, offering: Offering, values: Mapping[str, Any], *, policy: Policy
) -> None:
    """Write values into a (locked) offering that was never published; raises as `check_offering`."""
    await check_offering(tx, offering.school_id, {**offering.model_dump(), **values}, policy=policy)
    for name, value in values.items():
        setattr(offering, name, value)
    offering.basic = policy.kinds[offering.kind].basic
    await tx.flush()


async def keep_change(
    tx: AsyncSession, offering: Offering, wanted: Mapping[str, Any], *, by: UUID | None, now: datetime
) -> None:
    """Keep what a (locked) published offering is to become; ``by`` None: a sheet says so."""
    differing = {name: value for name, value in wanted.items() if getattr(offering, name) != value}
    key = {"school_id": offering.school_id, "offering_id": offering.offering_id}
    if not differing:
        await _forget(tx, offering.school_id, offering.offering_id)
        return
    told = {"new_values": as_json(differing), "changed_by": by, "changed_at": now}
    row = insert(OfferingChange).values(**key, **told)
    await tx.execute(row.on_conflict_do_update(index_elements=list(key), set_=told))


async def drop_change(tx: AsyncSession, school_id: UUID, offering_id: UUID) -> Offering:
    """Let a published offering stay as it is; raises UnknownOffering, NoPendingChange."""
    offering = await offering_under_lock(tx, school_id, offering_id)
    if not await _forget(tx, school_id, offering_id):
        raise NoPendingChange(offering=offering.title)
    return offering


async def _forget(tx: AsyncSession, school_id: UUID, offering_id: UUID) -> bool:
    gone = await tx.execute(
        delete(OfferingChange)
        .where(col(OfferingChange.school_id) == school_id, col(OfferingChange.offering_id) == offering_id)
        .returning(col(OfferingChange.offering_id))
    )
    return gone.scalar_one_or_none() is not None

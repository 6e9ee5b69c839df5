"""A guardian names an adult who may collect a child, or takes it back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.contracts.facts.enrollment import CollectorChanged
from services.enrollment.families.block_person import is_blocked
from services.enrollment.families.errors import (
    CollectorNotPossible,
    NoRightToCollect,
    TooManyCollectors,
    UnknownCollector,
)
from services.enrollment.families.rules.collector_terms import (
    MOST_COLLECTORS,
    NewCollector,
    collector_objection,
)
from services.enrollment.families.tables import Collector, Guardianship
from services.enrollment.roster.take_version import take_version
from services.enrollment.selection.lock_children import lock_children
from services.kernel.cipher import FieldCipher
from services.kernel.clock import school_day
from services.kernel.ids import new_id
from services.kernel.letters.announce import announce
from services.kernel.problems import NotYours

_LIVE = text(
    "SELECT count(*) FROM collector WHERE school_id = :school_id AND child_id = :child_id AND NOT removed"
    " AND valid_until >= :today AND (name, phone_index) <> (:name, :phone_index)"
)


async def name_collector(
    tx: AsyncSession,
    school_id: UUID,
    child_id: UUID,
    named: NewCollector,
    *,
    guardian_id: UUID,
    cipher: FieldCipher,
    now: datetime,
) -> Collector:
    """Let an adult collect the child for a time; the same person again is the same collector with new terms.

    All guardians of the child are told.

    Raises:
        NotYours: a child of somebody else.
        NoRightToCollect: a guardian who may not collect the child.
        CollectorNotAdult, ValidityNotPossible: the terms.
        CollectorNotPossible: somebody who is kept from this child.
        TooManyCollectors: there are eight already.
    """
    today, index = school_day(now), cipher.blind_index(named.phone)
    await _hold_child(tx, school_id, child_id, guardian_id)
    if (objection := collector_objection(named, today=today)) is not None:
        raise objection
    if await is_blocked(tx, school_id, child_id, name=named.name, phone_index=index):
        raise CollectorNotPossible
    about = {"school_id": school_id, "child_id": child_id, "name": named.name, "phone_index": index}
    if int(await tx.scalar(_LIVE, {**about, "today": today}) or 0) >= MOST_COLLECTORS:
        raise TooManyCollectors(most=MOST_COLLECTORS)
    known = [col(getattr(Collector, name)) == value for name, value in about.items()]
    collector = (await tx.scalars(select(Collector).where(*known))).one_or_none()
    if collector is None:
        collector = Collector.model_validate(
            {**about, **vars(named), "collector_id": new_id(), "phone_sealed": b"", "version": 0}
        )
        collector.phone_sealed = cipher.seal(named.phone)
    collector.relation, collector.born_year = named.relation, named.born_year
    collector.valid_from, collector.valid_until = named.valid_from, named.valid_until
    collector.weekdays = sorted(set(named.weekdays))
    collector.named_by, collector.named_at, collector.removed = guardian_id, now, False
    collector.version = await take_version(tx, school_id, now=now)
    tx.add(collector)
    await tx.flush()
    await _tell(tx, collector, "named", now=now)
    return collector


async def end_collector(
    tx: AsyncSession,
    school_id: UUID,
    collector_id: UUID,
    *,
    guardian_id: UUID | None,
    now: datetime,
) -> Collector:
    """End a collector at once, also one that the school's sheet named; without a guardian, an officer does it.

    Raises:
        UnknownCollector: no such collector of a child of this guardian (or of this school), or ended before.
        NoRightToCollect: a guardian who may not collect the child.
    """
    found = await tx.get(Collector, (school_id, collector_id))
    if found is None:
        raise UnknownCollector
    try:
        await _hold_child(tx, school_id, found.child_id, guardian_id)
    except NotYours:
        raise UnknownCollector from None
    collector = await tx.get(Collector, (school_id, collector_id), populate_existing=True)
    if collector is None or collector.removed:
        raise UnknownCollector
    collector.version = await take_version(tx, school_id, now=now)
    collector.removed = True
    await tx.flush()
    await _tell(tx, collector, "ended", now=now)
    return collector


async def _hold_child(tx: AsyncSession, school_id: UUID, child_id: UUID, guardian_id: UUID | None) -> None:
    children = await lock_children(tx, school_id, [child_id])
    if guardian_id is None:
        if child_id not in children.classes:
            raise NotYours
        return
    bond = await tx.get(Guardianship, (school_id, child_id, guardian_id), populate_existing=True)
    if bond is None or bond.removed or child_id not in children.classes:
        raise NotYours
    if not bond.may_collect:
        raise NoRightToCollect


async def _tell(tx: AsyncSession, collector: Collector, change: str, *, now: datetime) -> None:
    fact = CollectorChanged.model_validate(
        {
            "school_id": collector.school_id,
            "child_id": collector.child_id,
            "collector_id": collector.collector_id,
            "change": change,
            "at": now,
        }
    )
    await announce(tx, fact, now=now)

"""An officer records who must not collect a child, on which order it rests, and when it no longer holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.families.errors import ChildNotOnFile, UnknownBlock
from services.enrollment.families.note_read import note_read
from services.enrollment.families.tables import BlockedPerson, Child
from services.enrollment.roster.take_version import take_version
from services.enrollment.selection.lock_children import lock_children
from services.kernel.cipher import FieldCipher
from services.kernel.ids import new_id

# The same person under another title: as a collector, or as a guardian with the right to collect.
_END_COLLECTORS = text(
    "UPDATE collector SET removed = true, version = :version WHERE school_id = :school_id"
    " AND child_id = :child_id AND NOT removed AND (name = :name OR phone_index = :phone_index)"
)
_TAKE_RIGHT = text(
    "UPDATE guardianship b SET may_collect = false, version = :version FROM guardian g"
    " WHERE b.school_id = :school_id AND b.child_id = :child_id AND NOT b.removed AND b.may_collect"
    "   AND g.school_id = b.school_id AND g.guardian_id = b.guardian_id"
    "   AND (g.name = :name OR g.phone_index = :phone_index)"
)


@dataclass(frozen=True)
class Block:
    """Who is kept from a child, why, and the order's number. The phone, where known, is only to recognise it."""

    child_id: UUID
    name: str
    phone: str | None
    reason: str
    order_no: str


async def block_person(
    tx: AsyncSession, school_id: UUID, block: Block, *, by: UUID, cipher: FieldCipher, now: datetime
) -> BlockedPerson:
    """Record a blocked person; the same name for the same child again replaces what was said.

    Where the person is a collector of this child it is one no longer, and a guardian loses the right to collect.

    Raises:
        ChildNotOnFile: no such child at this school.
    """
    if block.child_id not in (await lock_children(tx, school_id, [block.child_id])).classes:
        raise ChildNotOnFile
    index = cipher.blind_index(block.phone) if block.phone else None
    version = await take_version(tx, school_id, now=now)
    found = await tx.scalars(
        select(BlockedPerson).where(
            col(BlockedPerson.school_id) == school_id,
            col(BlockedPerson.child_id) == block.child_id,
            col(BlockedPerson.name) == block.name,
        )
    )
    blocked = found.one_or_none() or BlockedPerson(
        school_id=school_id,
        blocked_id=new_id(),
        child_id=block.child_id,
        name=block.name,
        reason=block.reason,
        order_no=block.order_no,
        version=version,
    )
    blocked.reason, blocked.order_no, blocked.phone_index = block.reason, block.order_no, index
    blocked.recorded_by, blocked.recorded_at = by, now
    blocked.removed, blocked.removed_because, blocked.version = False, None, version
    tx.add(blocked)
    await tx.flush()
    told = {
        "school_id": school_id,
        "child_id": block.child_id,
        "name": block.name,
        "phone_index": index,
        "version": version,
    }
    await tx.execute(_END_COLLECTORS, told)
    await tx.execute(_TAKE_RIGHT, told)
    return blocked


async def lift_block(
    tx: AsyncSession, school_id: UUID, blocked_id: UUID, *, reason: str, now: datetime
) -> BlockedPerson:
    """End a block with its reason; nobody regains a right by it. Raises UnknownBlock."""
    blocked = await tx.get(BlockedPerson, (school_id, blocked_id), with_for_update=True)
    if blocked is None or blocked.removed:
        raise UnknownBlock
    blocked.version = await take_version(tx, school_id, now=now)
    blocked.removed, blocked.removed_because = True, reason
    await tx.flush()
    return blocked


async def is_blocked(
    tx: AsyncSession, school_id: UUID, child_id: UUID, *, name: str, phone_index: bytes
) -> bool:
    """Whether somebody of this name or this phone must not collect the child."""
    blocked = await tx.scalars(
        select(col(BlockedPerson.blocked_id)).where(
            col(BlockedPerson.school_id) == school_id,
            col(BlockedPerson.child_id) == child_id,
            ~col(BlockedPerson.removed),
            (col(BlockedPerson.name) == name) | (col(BlockedPerson.phone_index) == phone_index),
        )
    )
    return blocked.first() is not None


async def blocked_of(
    tx: AsyncSession, school_id: UUID, child_id: UUID, *, by: UUID, now: datetime
) -> Sequence[BlockedPerson]:
    """Return who is kept from a child, and who was, and write down that ``by`` (staff) read it.

    Raises:
        ChildNotOnFile: no such child at this school.
    """
    if await tx.get(Child, (school_id, child_id)) is None:
        raise ChildNotOnFile
    await note_read(tx, school_id, "blocked", of=child_id, by=by, now=now)
    found = await tx.scalars(
        select(BlockedPerson)
        .where(col(BlockedPerson.school_id) == school_id, col(BlockedPerson.child_id) == child_id)
        .order_by(col(BlockedPerson.removed), col(BlockedPerson.blocked_id))
    )
    return found.all()

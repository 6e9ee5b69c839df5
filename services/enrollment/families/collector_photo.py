"""A photo of a collector: for who hands the child over, and for the family that gave it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.families.errors import (
    NoPhoto,
    NoRightToCollect,
    NotAPhoto,
    PhotoTooLarge,
    UnknownCollector,
)
from services.enrollment.families.tables import Collector, CollectorPhoto, Guardianship

MOST_KB = 300
MAGIC = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
"""How such a file begins. It is never decoded here: what cannot be opened cannot hurt."""


async def set_photo(tx: AsyncSession, collector: Collector, photo: bytes, *, now: datetime) -> CollectorPhoto:
    """Keep a photo in place of an earlier one.

    Raises:
        PhotoTooLarge: over 300 KB.
        NotAPhoto: neither JPEG nor PNG by its first bytes.
    """
    if len(photo) > MOST_KB * 1024:
        raise PhotoTooLarge(limit_kb=MOST_KB)
    media_type = next((kind for magic, kind in MAGIC.items() if photo.startswith(magic)), None)
    if media_type is None:
        raise NotAPhoto
    key = {"school_id": collector.school_id, "collector_id": collector.collector_id}
    kept = await tx.get(CollectorPhoto, tuple(key.values()), with_for_update=True)
    if kept is None:
        kept = CollectorPhoto(**key, media_type=media_type, photo=photo, given_at=now)
    kept.media_type, kept.photo, kept.given_at = media_type, photo, now
    tx.add(kept)
    await tx.flush()
    return kept


async def photo_of(tx: AsyncSession, collector: Collector) -> CollectorPhoto:
    """Return a collector's photo; raises NoPhoto."""
    kept = await tx.get(CollectorPhoto, (collector.school_id, collector.collector_id))
    if kept is None:
        raise NoPhoto
    return kept


async def collector_in_sight(
    tx: AsyncSession, school_id: UUID, collector_id: UUID, *, guardian_id: UUID | None
) -> Collector:
    """Return a live collector of the guardian's own child; of any child of the school without a guardian.

    Raises:
        UnknownCollector: none that the caller may know of.
    """
    collector = await tx.get(Collector, (school_id, collector_id))
    if collector is None or collector.removed:
        raise UnknownCollector
    if guardian_id is not None:
        bond = await tx.get(Guardianship, (school_id, collector.child_id, guardian_id))
        if bond is None or bond.removed:
            raise UnknownCollector
    return collector


async def collector_to_show(
    tx: AsyncSession, school_id: UUID, collector_id: UUID, *, guardian_id: UUID
) -> Collector:
    """Return a live collector whose photo this guardian may give: who collects is recognised by it.

    Raises:
        UnknownCollector: none of an own child.
        NoRightToCollect: a guardian who may not collect the child could otherwise show somebody else's face.
    """
    collector = await collector_in_sight(tx, school_id, collector_id, guardian_id=guardian_id)
    bond = await tx.get_one(Guardianship, (school_id, collector.child_id, guardian_id))
    if not bond.may_collect:
        raise NoRightToCollect
    return collector

"""Copy what changed of a school's roster into the directory: who is whose guardian, by which phone."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.contracts.internal.enrollment import RosterPage
from services.kernel.cipher import FieldCipher
from services.notifications.directory.tables import (
    Binding,
    Child,
    Collector,
    Guardianship,
    Offering,
    Person,
    Room,
    School,
)
from services.notifications.table import NotificationsTable

ROWS_AT_ONCE = 2_000
"""PostgreSQL takes 32,767 parameters in one statement."""


async def copied_version(tx: AsyncSession, school_id: UUID) -> int:
    """Return the version that the copy of a school stands at; 0 before the first pull."""
    return await tx.scalar(select(col(School.roster_version)).where(col(School.school_id) == school_id)) or 0


async def copy_roster(tx: AsyncSession, page: RosterPage, cipher: FieldCipher) -> bool:
    """Apply one page; ``False`` when it does not follow on what is here (another pull was faster).

    Locks the school's row, so that pages are applied one after another. Applying a page twice changes nothing.
    """
    school_id = page.school.school_id
    fresh = {"school_id": school_id, "name": page.school.name}
    await tx.execute(
        insert(School).values(**fresh, roster_version=0, tells_moves=False).on_conflict_do_nothing()
    )
    school = await tx.scalar(select(School).where(col(School.school_id) == school_id).with_for_update())
    if school is None or school.roster_version < page.since:
        return False
    await _put(tx, Child, ("child_id",), _children(page), removed=_gone(page.children))
    await _put(tx, Room, ("room_id",), _rooms(page), removed=_gone(page.rooms))
    await _put(
        tx, Person, ("person_id",), _people(page, cipher), removed=_gone([*page.guardians, *page.staff])
    )
    await _put(
        tx, Guardianship, ("child_id", "guardian_id"), _guardianships(page), removed=_gone(page.guardianships)
    )
    await _put(tx, Collector, ("collector_id",), _collectors(page), removed=_gone(page.collectors))
    await _put(tx, Offering, ("offering_id",), _offerings(page), removed=[False] * len(page.offerings))
    if forgotten := [person_id for entry, person_id in _people_of(page) if entry.removed]:
        await tx.execute(
            delete(Binding).where(col(Binding.school_id) == school_id, col(Binding.person_id).in_(forgotten))
        )
    school.name = page.school.name
    school.roster_version = max(school.roster_version, page.version)
    await tx.flush()
    return True


async def _put(
    tx: AsyncSession,
    table: type[NotificationsTable],
    key: tuple[str, ...],
    rows: Sequence[dict[str, Any]],
    *,
    removed: Sequence[bool],
) -> None:
    """Upsert what stays and delete what was removed."""
    kept = [row for row, gone in zip(rows, removed, strict=True) if not gone]
    gone = [row for row, was_removed in zip(rows, removed, strict=True) if was_removed]
    keys = ("school_id", *key)
    rows_of: Table = table.metadata.tables[str(table.__tablename__)]
    for start in range(0, len(kept), ROWS_AT_ONCE):
        statement = insert(table).values(kept[start : start + ROWS_AT_ONCE])
        newest = {name: statement.excluded[name] for name in kept[0] if name not in keys}
        await tx.execute(statement.on_conflict_do_update(index_elements=keys, set_=newest))
    for start in range(0, len(gone), ROWS_AT_ONCE):
        columns = [rows_of.c[name] for name in keys]
        which = [tuple(row[name] for name in keys) for row in gone[start : start + ROWS_AT_ONCE]]
        await tx.execute(delete(table).where(tuple_(*columns).in_(which)))


def _gone(entries: Sequence[Any]) -> list[bool]:
    return [entry.removed for entry in entries]


def _children(page: RosterPage) -> list[dict[str, Any]]:
    school = {"school_id": page.school.school_id}
    return [{**school, "child_id": entry.child_id, "name": entry.name} for entry in page.children]


def _rooms(page: RosterPage) -> list[dict[str, Any]]:
    school = {"school_id": page.school.school_id}
    return [{**school, "room_id": entry.room_id, "name": entry.name} for entry in page.rooms]


def _people_of(page: RosterPage) -> list[tuple[Any, UUID]]:
    guardians = [(entry, entry.guardian_id) for entry in page.guardians]
    return [*guardians, *((entry, entry.staff_id) for entry in page.staff)]


def _people(page: RosterPage, cipher: FieldCipher) -> list[dict[str, Any]]:
    guardians = {entry.guardian_id for entry in page.guardians}
    return [
        {
            "school_id": page.school.school_id,
            "person_id": person_id,
            "sort": "guardian" if person_id in guardians else "staff",
            "name": entry.name,
            "phone_sealed": cipher.seal(entry.phone),
            "phone_index": cipher.blind_index(entry.phone),
        }
        for entry, person_id in _people_of(page)
    ]


def _guardianships(page: RosterPage) -> list[dict[str, Any]]:
    return [
        {
            "school_id": page.school.school_id,
            "child_id": entry.child_id,
            "guardian_id": entry.guardian_id,
            "relation": entry.relation,
            "rank": entry.rank,
            "is_told": entry.is_told,
        }
        for entry in page.guardianships
    ]


def _collectors(page: RosterPage) -> list[dict[str, Any]]:
    return [
        {
            "school_id": page.school.school_id,
            "collector_id": entry.collector_id,
            "child_id": entry.child_id,
            "name": entry.name,
            "relation": entry.relation,
        }
        for entry in page.collectors
    ]


def _offerings(page: RosterPage) -> list[dict[str, Any]]:
    school = {"school_id": page.school.school_id}
    return [{**school, "offering_id": entry.offering_id, "title": entry.title} for entry in page.offerings]

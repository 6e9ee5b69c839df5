"""Copy what changed of a school's roster into the directory: who is whose guardian, by which phone."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.contracts.internal.enrollment import RosterPage
from services.contracts.internal.roster_copies import ListComparison
from services.kernel.cipher import FieldCipher
from services.notifications.directory.copied_lists import LISTS, CopiedList
from services.notifications.directory.tables import Binding, School

ROWS_AT_ONCE = 2_000
"""PostgreSQL takes 32,767 parameters in one statement."""

Key = tuple[UUID, ...]


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
    for one in LISTS:
        entries = getattr(page, one.told)
        stays = [entry for entry in entries if one.kept or not entry.removed]
        gone = [entry for entry in entries if entry.removed and not one.kept]
        await _put(tx, one, [_row(one, school_id, entry, cipher) for entry in stays])
        await forget(tx, one, school_id, [key_of(one, entry) for entry in gone])
    school.name = page.school.name
    school.roster_version = max(school.roster_version, page.version)
    await tx.flush()
    return True


async def forget(tx: AsyncSession, one: CopiedList, school_id: UUID, keys: Sequence[Key]) -> None:
    """Let go of rows; a person who is gone reads nothing of this school any more."""
    for start in range(0, len(keys), ROWS_AT_ONCE):
        which = keys[start : start + ROWS_AT_ONCE]
        columns = tuple_(*(table_of(one).c[name] for name in one.key))
        await tx.execute(delete(one.table).where(table_of(one).c.school_id == school_id, columns.in_(which)))
        if "sort" in one.which:
            people = [person_id for (person_id,) in which]
            bound = (col(Binding.school_id) == school_id, col(Binding.person_id).in_(people))
            await tx.execute(delete(Binding).where(*bound))


async def rows_here(tx: AsyncSession, one: CopiedList, school_id: UUID) -> dict[Key, dict[str, Any]]:
    """Return a list's rows as they are here, by key."""
    columns = table_of(one).c
    mine: list[ColumnElement[bool]] = [columns.school_id == school_id]
    mine += [columns[name] == value for name, value in one.which.items()]
    found = await tx.execute(select(*columns).where(*mine))
    return {tuple(row[name] for name in one.key): dict(row) for row in found.mappings()}


def rows_of(
    one: CopiedList, school_id: UUID, entries: Iterable[Any], cipher: FieldCipher
) -> dict[Key, dict[str, Any]]:
    """Return the rows that a copy from scratch would hold of these entries, by key."""
    return {
        key_of(one, entry): _row(one, school_id, entry, cipher)
        for entry in entries
        if one.kept or not entry.removed
    }


def compare_rows(
    one: CopiedList, there: dict[Key, dict[str, Any]], here: dict[Key, dict[str, Any]]
) -> ListComparison:
    """Hold a list's rows beside each other; what is sealed is compared by its hash alone. Pure."""

    def shown(row: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in row.items() if name != "phone_sealed"}

    return ListComparison(
        name=one.told,
        there=len(there),
        here=len(here),
        lacking=len(there.keys() - here.keys()),
        beyond=len(here.keys() - there.keys()),
        different=sum(shown(there[key]) != shown(here[key]) for key in there.keys() & here.keys()),
    )


def key_of(one: CopiedList, entry: Any) -> Key:
    """Return what makes an entry's row one and the same."""
    return tuple(getattr(entry, field) for field in one.key.values())


def table_of(one: CopiedList) -> Table:
    """Return a list's table."""
    return one.table.metadata.tables[str(one.table.__tablename__)]


def _row(one: CopiedList, school_id: UUID, entry: Any, cipher: FieldCipher) -> dict[str, Any]:
    key = dict(zip(one.key, key_of(one, entry), strict=True))
    return {"school_id": school_id, **key, **one.which, **one.values(entry, cipher)}


async def _put(tx: AsyncSession, one: CopiedList, rows: Sequence[dict[str, Any]]) -> None:
    keys = ("school_id", *one.key)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        statement = insert(one.table).values(rows[start : start + ROWS_AT_ONCE])
        newest = {name: statement.excluded[name] for name in rows[0] if name not in keys}
        await tx.execute(statement.on_conflict_do_update(index_elements=keys, set_=newest))

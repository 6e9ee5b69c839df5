"""Write many rows of one table at once, and only those that differ from what is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.roster.take_version import take_version
from services.enrollment.table import EnrollmentTable

Values = dict[str, Any]

_ALONE = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('import:' || CAST(CAST(:school_id AS uuid) AS text), 0))"
)


@dataclass
class Written:
    """How many records of a kind an import added, changed, and found as they were."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass
class Changes:
    """What one table is to become: whole new rows, and (key, new values) of rows that differ."""

    table: Table
    inserts: list[Values] = field(default_factory=list)
    updates: list[tuple[Values, Values]] = field(default_factory=list)

    def settle(self, known: Mapping[str, Any] | None, fresh: Values, values: Values) -> str:
        """Note a record: ``known`` is its row on file, ``fresh`` what a new row has besides ``values``."""
        if known is None:
            self.inserts.append({**fresh, **values})
            return "added"
        differing = {name: value for name, value in values.items() if known[name] != value}
        if not differing:
            return "unchanged"
        key = {column.name: known[column.name] for column in self.table.primary_key.columns}
        self.updates.append((key, values))
        return "changed"

    def __bool__(self) -> bool:
        return bool(self.inserts or self.updates)


def table_of(model: type[EnrollmentTable]) -> Table:
    """Return the table behind a model."""
    return model.metadata.tables[str(model.__tablename__)]


async def import_alone(tx: AsyncSession, school_id: UUID) -> None:
    """Let one import of a school follow the other: a sheet is compared with what is on file, then written."""
    await tx.execute(_ALONE, {"school_id": school_id})


async def rows_on_file(
    tx: AsyncSession, model: type[EnrollmentTable], school_id: UUID
) -> list[Mapping[str, Any]]:
    """Return all rows of a school."""
    table = table_of(model)
    found = await tx.execute(select(table).where(table.c.school_id == school_id))
    return [dict(row._mapping) for row in found]  # noqa: SLF001 - the documented way to a row as a mapping


async def write_changes(
    tx: AsyncSession, school_id: UUID, changes: Sequence[Changes], *, now: datetime
) -> int | None:
    """Write all tables' changes under one new version; without any change, none is taken.

    Tables are given parents first. Rows to be changed are locked in the order of their keys, before the version:
    commands that hold a child wait for the version, so the other way round would be a deadlock.
    """
    if not any(changes):
        return None
    for change in changes:
        await _lock(tx, change)
    version = await take_version(tx, school_id, now=now)
    for change in changes:
        if "version" in change.table.columns:
            for row in change.inserts:
                row["version"] = version
            for _, values in change.updates:
                values["version"] = version
        await _write(tx, change)
    return version


async def _lock(tx: AsyncSession, change: Changes) -> None:
    if not change.updates:
        return
    keys = change.table.primary_key.columns
    last = list(keys)[-1]
    wanted = [key[last.name] for key, _ in change.updates]
    school_id = change.updates[0][0]["school_id"]
    await tx.execute(
        select(*keys)
        .where(change.table.c.school_id == school_id, last.in_(wanted))
        .order_by(*keys)
        .with_for_update()
    )


async def _write(tx: AsyncSession, change: Changes) -> None:
    if change.inserts:
        await tx.execute(insert(change.table), change.inserts)
    if not change.updates:
        return
    key_names, value_names = change.updates[0][0].keys(), change.updates[0][1].keys()
    statement = update(change.table).values({name: bindparam(f"new_{name}") for name in value_names})
    for name in key_names:
        statement = statement.where(change.table.c[name] == bindparam(f"key_{name}"))
    rows = [
        {**{f"key_{k}": v for k, v in key.items()}, **{f"new_{k}": v for k, v in values.items()}}
        for key, values in change.updates
    ]
    connection = await tx.connection()
    await connection.execute(statement, rows)

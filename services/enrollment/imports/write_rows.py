"""Write many rows of one table at once, and only those that differ from what is there."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Table,
    Update,
    any_,
    bindparam,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.difference import CellChange, Shown, cells_of
from services.enrollment.imports.spool import Spool
from services.enrollment.roster.take_version import take_version
from services.enrollment.table import EnrollmentTable

Values = dict[str, Any]

_ALONE = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('import:' || CAST(CAST(:school_id AS uuid) AS text), 0))"
)


class Settled(NamedTuple):
    """What becomes of one row, and which of its cells a person should see."""

    fate: Literal["added", "changed", "unchanged"]
    cells: list[CellChange]


@dataclass
class Changes:
    """What one table is to become: whole new rows, and (key, new values) of rows that differ.

    ``shown`` names the columns that a difference shows.
    """

    table: Table
    shown: Mapping[str, Shown] = field(default_factory=dict)
    inserts: Spool[Values] = field(default_factory=Spool)
    updates: Spool[tuple[Values, Values]] = field(default_factory=Spool)

    def settle(self, known: Mapping[str, Any] | None, fresh: Values, values: Values) -> Settled:
        """Note a record: ``known`` is its row on file, ``fresh`` what a new row has besides ``values``."""
        if known is None:
            self.inserts.append({**fresh, **values})
            return Settled("added", cells_of(self.shown, {}, values))
        if all(known[name] == value for name, value in values.items()):
            return Settled("unchanged", [])
        key = {column.name: known[column.name] for column in self.table.primary_key.columns}
        self.updates.append((key, values))
        return Settled("changed", cells_of(self.shown, known, values))

    def __bool__(self) -> bool:
        return bool(len(self.inserts) or len(self.updates))


def table_of(model: type[EnrollmentTable]) -> Table:
    """Return the table behind a model."""
    return model.metadata.tables[str(model.__tablename__)]


async def import_alone(tx: AsyncSession, school_id: UUID) -> None:
    """Let one import of a school follow the other: a sheet is compared with what is on file, then written."""
    await tx.execute(_ALONE, {"school_id": school_id})


async def rows_on_file(
    tx: AsyncSession, table: Table, school_id: UUID, **among: Collection[Any]
) -> list[Mapping[str, Any]]:
    """Return the rows of a school, ``among`` some values of a column."""
    wanted = [
        table.c.school_id == school_id,
        *(_among(table.c[name], values) for name, values in among.items()),
    ]
    found = await tx.execute(select(table).where(*wanted))
    return [dict(row._mapping) for row in found]  # noqa: SLF001 - the documented way to a row as a mapping


def _among(column: Column[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """One array: a query with a parameter for each of 100,000 values is refused by the server."""
    return column == any_(literal(list(values), ARRAY(column.type)))


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
        await _lock(tx, change, school_id)
    version = await take_version(tx, school_id, now=now)
    for change in changes:
        await _write(tx, change, version)
    return version


async def _lock(tx: AsyncSession, change: Changes, school_id: UUID) -> None:
    if not change.updates:
        return
    keys = change.table.primary_key.columns
    last = list(keys)[-1]
    wanted = _among(last, (key[last.name] for key, _ in change.updates))
    rows = select(*keys).where(change.table.c.school_id == school_id, wanted)
    await tx.execute(rows.order_by(*keys).with_for_update())


async def _write(tx: AsyncSession, change: Changes, version: int) -> None:
    stamp: Values = {"version": version} if "version" in change.table.columns else {}
    for rows in change.inserts.batches():
        await tx.execute(insert(change.table), [{**row, **stamp} for row in rows])
    connection = await tx.connection()
    for pairs in change.updates.batches():
        await connection.execute(
            _updating(change.table, *pairs[0], stamp),
            [
                {
                    **{f"key_{name}": value for name, value in key.items()},
                    **{f"new_{name}": value for name, value in {**values, **stamp}.items()},
                }
                for key, values in pairs
            ],
        )


def _updating(table: Table, key: Values, values: Values, stamp: Values) -> Update:
    statement = update(table).values({name: bindparam(f"new_{name}") for name in {**values, **stamp}})
    for name in key:
        statement = statement.where(table.c[name] == bindparam(f"key_{name}"))
    return statement

"""Write a bureau's list of schools."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.difference import Compared, Comparing, Shown, cells_of
from services.enrollment.imports.rules.school_rows import SchoolRecord
from services.enrollment.policy import Policy
from services.enrollment.roster.take_version import take_version
from services.enrollment.schools.create_school import SchoolFacts, create_school, school_by_code
from services.enrollment.schools.tables import School
from services.kernel.database.transaction import set_scope

CHANGEABLE = ("name", "county", "kind", "boarding", "releases_at", "work_ends_at")
_SHOWN = {
    "name": Shown("学校名称"),
    "county": Shown("区县"),
    "kind": Shown("学校类型"),
    "boarding": Shown("寄宿"),
    "releases_at": Shown("放学时间", lambda at: f"{at:%H:%M}"),
    "work_ends_at": Shown("当地下班时间", lambda at: f"{at:%H:%M}"),
}


async def take_schools(
    tx: AsyncSession, records: Iterable[SchoolRecord], *, policy: Policy, now: datetime
) -> Compared:
    """Compare schools by code; a school without an officer is invited by the operator afterwards."""
    comparing = Comparing()
    for record in records:
        known = await school_by_code(tx, record.code)
        old = {} if known is None else known.model_dump()
        values = await _values(tx, record)
        differs = any(old.get(name) != value for name, value in values.items())
        comparing.note(
            "added" if known is None else "changed" if differs else "unchanged",
            record.code,
            record.name,
            record_id=known.school_id if known is not None else None,
            cells=cells_of(_SHOWN, old, values),
            record=record,
        )
    return Compared(comparing.difference(), partial(_write, tx, records, policy=policy, now=now))


async def _write(tx: AsyncSession, records: Iterable[SchoolRecord], *, policy: Policy, now: datetime) -> None:
    """Create or change the schools. Widens the transaction's scope to one school after the other."""
    # Central schools first, so that those they run can name them.
    for record in sorted(records, key=lambda one: one.run_by_code is not None):
        known = await school_by_code(tx, record.code)
        if known is None:
            await create_school(tx, _facts(record), policy=policy, now=now)
        else:
            await _change(tx, known, record, now=now)


async def _values(tx: AsyncSession, record: SchoolRecord) -> dict[str, Any]:
    central = await school_by_code(tx, record.run_by_code) if record.run_by_code else None
    values = {name: getattr(record, name) for name in CHANGEABLE}
    return {**values, "run_by_id": central.school_id if central is not None else None}


async def _change(tx: AsyncSession, school: School, record: SchoolRecord, *, now: datetime) -> None:
    wanted = await _values(tx, record)
    differing = {name: value for name, value in wanted.items() if getattr(school, name) != value}
    if not differing:
        return
    for name, value in differing.items():
        setattr(school, name, value)
    await set_scope(tx, [school.school_id])
    await take_version(tx, school.school_id, now=now)
    await tx.flush()


def _facts(record: SchoolRecord) -> SchoolFacts:
    return SchoolFacts(**{name: value for name, value in vars(record).items() if name != "row"})

"""Write a bureau's list of schools."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.rules.school_rows import SchoolRecord
from services.enrollment.imports.write_rows import Written
from services.enrollment.policy import Policy
from services.enrollment.roster.take_version import take_version
from services.enrollment.schools.create_school import SchoolFacts, create_school, school_by_code
from services.enrollment.schools.tables import School
from services.kernel.database.transaction import set_scope

CHANGEABLE = ("name", "county", "kind", "boarding", "releases_at", "work_ends_at")


async def take_schools(
    tx: AsyncSession, records: Sequence[SchoolRecord], *, policy: Policy, now: datetime
) -> Written:
    """Create schools, or change them by code; a school without an officer is invited by the operator afterwards.

    Widens the transaction's scope to one school after the other.
    """
    written = Written()
    # Central schools first, so that those they run can name them.
    for record in sorted(records, key=lambda one: one.run_by_code is not None):
        known = await school_by_code(tx, record.code)
        if known is None:
            await create_school(tx, _facts(record), policy=policy, now=now)
            written.added += 1
        elif await _change(tx, known, record, now=now):
            written.changed += 1
        else:
            written.unchanged += 1
    return written


async def _change(tx: AsyncSession, school: School, record: SchoolRecord, *, now: datetime) -> bool:
    central = await school_by_code(tx, record.run_by_code) if record.run_by_code else None
    wanted = {name: getattr(record, name) for name in CHANGEABLE}
    wanted["run_by_id"] = central.school_id if central is not None else None
    differing = {name: value for name, value in wanted.items() if getattr(school, name) != value}
    if not differing:
        return False
    for name, value in differing.items():
        setattr(school, name, value)
    await set_scope(tx, [school.school_id])
    await take_version(tx, school.school_id, now=now)
    await tx.flush()
    return True


def _facts(record: SchoolRecord) -> SchoolFacts:
    return SchoolFacts(**{name: value for name, value in vars(record).items() if name != "row"})

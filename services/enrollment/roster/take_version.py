"""Number a change of a school's roster, and tell those who keep a copy."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.roster.tell_roster import soon_tell_roster

# The same transaction keeps its number: xid decides, so also a rolled-back savepoint is judged rightly.
_TAKE = text(
    "WITH was AS ("
    "  SELECT stamped_by FROM school_version WHERE school_id = :school_id FOR UPDATE"
    ") UPDATE school_version"
    "     SET version = version + (was.stamped_by <> pg_current_xact_id()::text)::int,"
    "         stamped_by = pg_current_xact_id()::text"
    "    FROM was WHERE school_id = :school_id"
    " RETURNING version, was.stamped_by <> pg_current_xact_id()::text AS fresh"
)


async def take_version(tx: AsyncSession, school_id: UUID, *, now: datetime) -> int:
    """Return the version that every row changed by this transaction carries; it is told soon after.

    Gap-free per school: the counter's row stays locked until the commit, so versions commit in their order and a
    reader of ``since`` never misses one. Call it late, after other locks were taken: it lines up all changes of
    the school.

    Raises:
        sqlalchemy.exc.NoResultFound: the school is not in this transaction's scope.
    """
    row = (await tx.execute(_TAKE, {"school_id": school_id})).one()
    if row.fresh:
        await soon_tell_roster(tx, school_id, now=now)
    return int(row.version)

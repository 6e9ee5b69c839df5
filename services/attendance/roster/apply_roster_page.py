"""Take a page of the roster into attendance's own copy: each list in one statement, all in one transaction."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.roster.copied_lists import GUARDIANS, LISTS, CopiedList
from services.contracts.internal.enrollment import RosterPage
from services.contracts.wire import Wire

SCHOOL = text(
    "INSERT INTO school (school_id, code, name, releases_at, agreement_number, roster_version, settings)"
    " VALUES (:school_id, :code, :name, :releases_at, :agreement_number, :version, '{}')"
    " ON CONFLICT (school_id) DO UPDATE SET code = excluded.code, name = excluded.name,"
    " releases_at = excluded.releases_at, agreement_number = excluded.agreement_number,"
    " roster_version = excluded.roster_version"
    " WHERE school.roster_version = :since RETURNING school_id"
)
"""The version moves only from where the page begins: of two pulls at once, the second changes nothing."""

FORGET_TERMS = text(
    "DELETE FROM calendar_day WHERE school_id = :school_id AND term_id = ANY(CAST(:term_ids AS uuid[]))"
)
RENAMED = text(
    "UPDATE collector SET name = guardian.name, removed = collector.removed OR guardian.removed"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(guardian_id uuid)"
    " JOIN guardian ON guardian.school_id = :school_id AND guardian.guardian_id = row.guardian_id"
    " WHERE collector.school_id = :school_id AND collector.collector_id = row.guardian_id"
    " AND collector.is_guardian"
)


def upsert(one: CopiedList) -> str:
    """Return the statement that writes a list's rows over those that are here."""
    key, columns = ", ".join(one.key), ", ".join((*one.key, *one.values))
    newest = ", ".join(f"{column} = excluded.{column}" for column in one.values)
    return (
        f"INSERT INTO {one.table} (school_id, {columns}) SELECT :school_id, {columns} FROM ({one.select}) AS told"  # noqa: S608 - our own names
        f" ON CONFLICT (school_id, {key}) DO UPDATE SET {newest}"
    )


UPSERTS = {one: text(upsert(one)) for one in LISTS}


async def apply_roster_page(tx: AsyncSession, page: RosterPage) -> bool:
    """Write what the page tells; the school's ``roster_version`` moves in the same transaction.

    Returns whether it was the page that follows on what is here.
    """
    school_id = page.school.school_id
    moved = await tx.scalar(
        SCHOOL,
        {
            "school_id": school_id,
            "code": page.school.code,
            "name": page.school.name,
            "releases_at": page.school.releases_at,
            "agreement_number": page.school.agreement_number,
            "since": page.since,
            "version": page.version,
        },
    )
    if moved is None:
        return False
    if page.terms:
        terms = [term.term_id for term in page.terms]
        await tx.execute(FORGET_TERMS, {"school_id": school_id, "term_ids": terms})
    for one in LISTS:
        await _write(tx, school_id, one, getattr(page, one.told))
    return True


async def _write(tx: AsyncSession, school_id: UUID, one: CopiedList, rows: Sequence[Wire]) -> None:
    if not rows:
        return
    about = {"school_id": school_id, "rows": as_json(rows)}
    await tx.execute(UPSERTS[one], about)
    if one is GUARDIANS:
        await tx.execute(RENAMED, about)


def as_json(rows: Sequence[Wire]) -> str:
    """Return a list as the statements take it."""
    return "[" + ",".join(row.model_dump_json() for row in rows) + "]"

"""Attendance's copy of the roster: taken page by page, compared with its owner, made anew when it went wrong."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.attendance.dismissal.lay_out_day import lay_out_day, note_version
from services.attendance.dismissal.wake_daily import wake_daily
from services.attendance.roster.apply_roster_page import apply_roster_page, as_json
from services.attendance.roster.copied_lists import LISTS, CopiedList
from services.contracts.internal.enrollment import RosterPage
from services.contracts.internal.roster_copies import ListComparison
from services.contracts.wire import Wire
from services.kernel.clock import school_day

HOLD = text("SELECT roster_version FROM school WHERE school_id = :school_id FOR UPDATE")
SCHOOL = text(
    "SELECT count(*) AS here, count(*) FILTER (WHERE (code, name, releases_at, agreement_number)"
    " IS DISTINCT FROM (CAST(:code AS varchar), CAST(:name AS varchar), CAST(:releases_at AS time),"
    " CAST(:agreement_number AS int))) AS different FROM school WHERE school_id = :school_id"
)


class AttendanceCopy:
    """`services.clients.roster_copy.RosterCopy` on attendance's tables."""

    async def hold(self, tx: AsyncSession, school_id: UUID) -> int | None:
        """Return the copied version; nobody takes a page of this school before the transaction ends."""
        version: int | None = await tx.scalar(HOLD, {"school_id": school_id})
        return version

    async def take(self, tx: AsyncSession, page: RosterPage) -> bool:
        """Write a page; False when it does not follow on what is here."""
        return await apply_roster_page(tx, page)

    async def settle(
        self, tx: AsyncSession, school_id: UUID, page: RosterPage | None, *, now: datetime
    ) -> None:
        """Bring today into line, unless the last page says nothing that a day is made of."""
        if page is None:
            return
        today = school_day(now)
        await wake_daily(tx, school_id, now=now)
        told = page.terms or page.offerings or page.places or any(child.removed for child in page.children)
        if told or not await note_version(tx, school_id, today, since=page.since, version=page.version):
            await lay_out_day(tx, school_id, today, now=now)

    async def compare(self, tx: AsyncSession, whole: RosterPage) -> list[ListComparison]:
        """Return how each list stands beside what a copy from scratch would hold: one statement a list."""
        school = whole.school
        about = {
            "school_id": school.school_id,
            "code": school.code,
            "name": school.name,
            "releases_at": school.releases_at,
            "agreement_number": school.agreement_number,
        }
        own = (await tx.execute(SCHOOL, about)).one()
        lists = [await _compared(tx, school.school_id, one, getattr(whole, one.told)) for one in LISTS]
        told = {"there": 1, "here": own.here, "lacking": 1 - own.here, "different": own.different}
        return [ListComparison(name="school", beyond=0, **told), *lists]

    async def renew(self, tx: AsyncSession, whole: RosterPage) -> None:
        """Write the whole roster; what is not in it is marked as removed, or goes where no such mark exists."""
        school_id = whole.school.school_id
        since = await self.hold(tx, school_id) or 0
        await apply_roster_page(tx, whole.model_copy(update={"since": since}))
        for one in LISTS:
            about = {"school_id": school_id, "rows": as_json(getattr(whole, one.told))}
            await tx.execute(text(_let_go(one)), about)


async def _compared(
    tx: AsyncSession, school_id: UUID, one: CopiedList, rows: Sequence[Wire]
) -> ListComparison:
    about = {"school_id": school_id, "rows": as_json(rows)}
    found = (await tx.execute(text(_compare(one)), about)).mappings().one()
    return ListComparison(name=one.told, **found)


def _compare(one: CopiedList) -> str:
    columns, key = ", ".join((*one.key, *one.values)), ", ".join(one.key)
    first = one.key[0]

    def row(side: str) -> str:
        return "(" + ", ".join(f"{side}.{column}" for column in one.values) + ")"

    # What was removed and let go of is as good as what was removed and kept.
    there, here = ("NOT there.removed", "NOT here.removed") if one.keeps_removed else ("true", "true")
    return (
        f"SELECT count(there.{first}) AS there, count(here.{first}) AS here,"  # noqa: S608 - our own names
        f" count(*) FILTER (WHERE here.{first} IS NULL AND {there}) AS lacking,"
        f" count(*) FILTER (WHERE there.{first} IS NULL AND {here}) AS beyond,"
        f" count(*) FILTER (WHERE there.{first} IS NOT NULL AND here.{first} IS NOT NULL"
        f" AND {row('there')} IS DISTINCT FROM {row('here')}) AS different"
        f" FROM ({one.select}) AS there FULL JOIN (SELECT {columns} FROM {one.table}"
        f" WHERE school_id = :school_id AND {one.which}) AS here USING ({key})"
    )


def _let_go(one: CopiedList) -> str:
    same = " AND ".join(f"told.{column} = {one.table}.{column}" for column in one.key)
    gone = (
        f" WHERE school_id = :school_id AND {one.which}"
        f" AND NOT EXISTS (SELECT FROM ({one.select}) AS told WHERE {same})"
    )
    if one.keeps_removed:
        return f"UPDATE {one.table} SET removed = true{gone} AND NOT removed"  # noqa: S608 - our own names
    return f"DELETE FROM {one.table}{gone}"  # noqa: S608 - our own names

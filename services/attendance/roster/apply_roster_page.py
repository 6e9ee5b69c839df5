"""Take a page of the roster into attendance's own copy: each list in one statement, all in one transaction."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.internal.enrollment import RosterPage
from services.contracts.wire import Wire

SCHOOL = text(
    "INSERT INTO school (school_id, code, name, releases_at, roster_version, settings)"
    " VALUES (:school_id, :code, :name, :releases_at, :version, '{}')"
    " ON CONFLICT (school_id) DO UPDATE SET code = excluded.code, name = excluded.name,"
    " releases_at = excluded.releases_at, roster_version = excluded.roster_version"
    " WHERE school.roster_version = :since RETURNING school_id"
)
"""The version moves only from where the page begins: of two pulls at once, the second changes nothing."""

FORGET_TERMS = text(
    "DELETE FROM calendar_day WHERE school_id = :school_id AND term_id = ANY(CAST(:term_ids AS uuid[]))"
)
DAYS = """
INSERT INTO calendar_day (school_id, day_on, term_id, kind, runs_as, certain)
SELECT :school_id, day."on", term.term_id, day.kind, day.runs_as, day.certain
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS term(term_id uuid, days jsonb),
       jsonb_to_recordset(term.days) AS day("on" date, kind text, runs_as int, certain boolean)
"""
ADULTS = """
INSERT INTO adult (school_id, adult_id, name, personas, homeroom_grade, homeroom_class, removed)
SELECT :school_id, staff_id, name, personas, homeroom_grade, homeroom_class, removed
  FROM jsonb_to_recordset(CAST(:rows AS jsonb))
       AS row(staff_id uuid, name text, personas text[], homeroom_grade int, homeroom_class text, removed boolean)
ON CONFLICT (school_id, adult_id) DO UPDATE SET name = excluded.name, personas = excluded.personas,
   homeroom_grade = excluded.homeroom_grade, homeroom_class = excluded.homeroom_class, removed = excluded.removed
"""
ROOMS = """
INSERT INTO room (school_id, room_id, name, capacity, removed)
SELECT :school_id, room_id, name, capacity, removed FROM jsonb_to_recordset(CAST(:rows AS jsonb))
       AS row(room_id uuid, name text, capacity int, removed boolean)
ON CONFLICT (school_id, room_id) DO UPDATE
   SET name = excluded.name, capacity = excluded.capacity, removed = excluded.removed
"""
CHILDREN = """
INSERT INTO child (school_id, child_id, student_no, name, initials, grade, class_name, boarder, removed)
SELECT :school_id, child_id, student_no, name, initials, grade, class_name, boarder, removed
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(child_id uuid, student_no text, name text, initials text,
       grade int, class_name text, boarder boolean, removed boolean)
ON CONFLICT (school_id, child_id) DO UPDATE SET student_no = excluded.student_no, name = excluded.name,
   initials = excluded.initials, grade = excluded.grade, class_name = excluded.class_name,
   boarder = excluded.boarder, removed = excluded.removed
"""
GUARDIANS = """
INSERT INTO guardian (school_id, guardian_id, name, removed)
SELECT :school_id, guardian_id, name, removed FROM jsonb_to_recordset(CAST(:rows AS jsonb))
       AS row(guardian_id uuid, name text, removed boolean)
ON CONFLICT (school_id, guardian_id) DO UPDATE SET name = excluded.name, removed = excluded.removed
"""
RENAMED = """
UPDATE collector SET name = guardian.name, removed = collector.removed OR guardian.removed
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(guardian_id uuid)
  JOIN guardian ON guardian.school_id = :school_id AND guardian.guardian_id = row.guardian_id
 WHERE collector.school_id = :school_id AND collector.collector_id = row.guardian_id AND collector.is_guardian
"""
GUARDIANSHIPS = """
INSERT INTO collector (school_id, child_id, collector_id, name, relation, is_guardian, rank, may_collect, told,
                       weekdays, removed)
SELECT :school_id, row.child_id, row.guardian_id, guardian.name, row.relation, true, row.rank, row.may_collect,
       row.is_told, '{1,2,3,4,5,6,7}', row.removed OR guardian.removed
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(child_id uuid, guardian_id uuid, relation text, rank int,
       may_collect boolean, is_told boolean, removed boolean)
  JOIN guardian ON guardian.school_id = :school_id AND guardian.guardian_id = row.guardian_id
ON CONFLICT (school_id, child_id, collector_id) DO UPDATE SET name = excluded.name, relation = excluded.relation,
   rank = excluded.rank, may_collect = excluded.may_collect, told = excluded.told, removed = excluded.removed
"""
COLLECTORS = """
INSERT INTO collector (school_id, child_id, collector_id, name, relation, is_guardian, rank, may_collect, told,
                       birth_year, valid_from, valid_until, weekdays, removed)
SELECT :school_id, child_id, collector_id, name, relation, false, 9, true, false,
       born_year, valid_from, valid_until, weekdays, removed
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(child_id uuid, collector_id uuid, name text, relation text,
       born_year int, valid_from date, valid_until date, weekdays smallint[], removed boolean)
ON CONFLICT (school_id, child_id, collector_id) DO UPDATE SET name = excluded.name, relation = excluded.relation,
   birth_year = excluded.birth_year, valid_from = excluded.valid_from, valid_until = excluded.valid_until,
   weekdays = excluded.weekdays, removed = excluded.removed
"""
BLOCKED = """
INSERT INTO blocked (school_id, child_id, blocked_id, name, reason, removed)
SELECT :school_id, child_id, blocked_id, name, reason, removed FROM jsonb_to_recordset(CAST(:rows AS jsonb))
       AS row(child_id uuid, blocked_id uuid, name text, reason text, removed boolean)
ON CONFLICT (school_id, child_id, blocked_id) DO UPDATE
   SET name = excluded.name, reason = excluded.reason, removed = excluded.removed
"""
SELF_RELEASE = """
INSERT INTO self_release (school_id, child_id, valid_from, removed)
SELECT :school_id, child_id, valid_from, removed FROM jsonb_to_recordset(CAST(:rows AS jsonb))
       AS row(child_id uuid, valid_from date, removed boolean)
ON CONFLICT (school_id, child_id) DO UPDATE SET valid_from = excluded.valid_from, removed = excluded.removed
"""
OFFERINGS = """
INSERT INTO offering (school_id, offering_id, term_id, code, name, kind, teacher_id, room_id, weekdays, starts,
                      ends, removed)
SELECT :school_id, offering_id, term_id, code, title, kind, teacher_id, room_id, weekdays, starts, ends, removed
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(offering_id uuid, term_id uuid, code text, title text,
       kind text, teacher_id uuid, room_id uuid, weekdays smallint[], starts time, ends time, removed boolean)
ON CONFLICT (school_id, offering_id) DO UPDATE SET term_id = excluded.term_id, code = excluded.code,
   name = excluded.name, kind = excluded.kind, teacher_id = excluded.teacher_id, room_id = excluded.room_id,
   weekdays = excluded.weekdays, starts = excluded.starts, ends = excluded.ends, removed = excluded.removed
"""
PLACES = """
INSERT INTO place (school_id, place_id, child_id, offering_id, weekdays, from_on, until_on)
SELECT :school_id, place_id, child_id, offering_id, weekdays, from_on, until_on
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(place_id uuid, child_id uuid, offering_id uuid,
       weekdays smallint[], from_on date, until_on date)
ON CONFLICT (school_id, place_id) DO UPDATE SET child_id = excluded.child_id, offering_id = excluded.offering_id,
   weekdays = excluded.weekdays, from_on = excluded.from_on, until_on = excluded.until_on
"""


async def apply_roster_page(tx: AsyncSession, page: RosterPage) -> bool:
    """Write what the page tells; the school's ``roster_version`` moves in the same transaction.

    Returns whether it was the page that follows on what is here. Names of guardians stand in `Guardian`, since
    a guardianship may come on a later page than the guardian.
    """
    school_id = page.school.school_id
    moved = await tx.scalar(
        SCHOOL,
        {
            "school_id": school_id,
            "code": page.school.code,
            "name": page.school.name,
            "releases_at": page.school.releases_at,
            "since": page.since,
            "version": page.version,
        },
    )
    if moved is None:
        return False
    if page.terms:
        terms = [term.term_id for term in page.terms]
        await tx.execute(FORGET_TERMS, {"school_id": school_id, "term_ids": terms})
    for statement, rows in (
        (DAYS, page.terms),
        (ADULTS, page.staff),
        (ROOMS, page.rooms),
        (CHILDREN, page.children),
        (GUARDIANS, page.guardians),
        (RENAMED, page.guardians),
        (GUARDIANSHIPS, page.guardianships),
        (COLLECTORS, page.collectors),
        (BLOCKED, page.blocked),
        (SELF_RELEASE, page.self_release),
        (OFFERINGS, page.offerings),
        (PLACES, page.places),
    ):
        await _write(tx, school_id, statement, rows)
    return True


async def _write(tx: AsyncSession, school_id: UUID, statement: str, rows: Sequence[Wire]) -> None:
    if rows:
        told = "[" + ",".join(row.model_dump_json() for row in rows) + "]"
        await tx.execute(text(statement), {"school_id": school_id, "rows": told})

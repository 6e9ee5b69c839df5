"""One child comes to the school from a day on, judged as a row of the roster would be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.families.errors import ChildAtSchool, LeavingDayPast, NewcomerNotTaken
from services.enrollment.families.follow_moves import follow_children, set_move_timers
from services.enrollment.families.tables import Child, ChildMove
from services.enrollment.imports.difference import Comparing
from services.enrollment.imports.finding import Finding, Severity
from services.enrollment.imports.read_sheet import Row
from services.enrollment.imports.rules.roster_rows import ChildRecord, judge_roster
from services.enrollment.imports.settle_children import SettleChildren
from services.enrollment.imports.sheet_kinds import Desk
from services.enrollment.imports.write_rows import import_alone, write_changes
from services.enrollment.roster.take_version import take_version
from services.enrollment.schools.errors import SchoolNotOnFile
from services.enrollment.schools.tables import School
from services.kernel.clock import at_school_time, school_day
from services.kernel.ids import new_id


@dataclass(frozen=True)
class Newcomer:
    """A child as a roster's row says it (``cells`` by header word), and its first day at the school."""

    cells: Mapping[str, str]
    effective_on: date
    reason: str
    other_school: str | None = None


@dataclass(frozen=True)
class Taken:
    """The child that was taken; ``findings`` are what was put right, or left open, on the way."""

    child_id: UUID
    returned: bool
    findings: list[Finding]


async def transfer_in(tx: AsyncSession, desk: Desk, newcomer: Newcomer, *, by: UUID) -> Taken:
    """Put a child and its guardians on file; a child who was here before comes back under its student number.

    Until the day, the child is on file and not on the roster.

    Raises:
        NewcomerNotTaken: what the row says is not enough.
        ChildAtSchool: this student number is somebody who is here.
        LeavingDayPast: the day lies in the past.
    """
    school_id, today = desk.school(), school_day(desk.now)
    if newcomer.effective_on < today:
        raise LeavingDayPast(earliest=today.isoformat())
    record, findings = await _judged(tx, desk, newcomer)
    await import_alone(tx, school_id)
    found = await tx.scalars(
        select(Child)
        .where(col(Child.school_id) == school_id, col(Child.student_no) == record.student_no)
        .with_for_update(key_share=True)
    )
    before = found.one_or_none()
    if before is not None and not before.removed:
        raise ChildAtSchool(student_no=record.student_no, name=before.name)
    work = SettleChildren(tx, school_id, desk.cipher, now=desk.now, shared=())
    await work.settle([record], Comparing())
    await write_changes(tx, school_id, work.changes, now=desk.now)
    found_now = await tx.scalars(
        select(col(Child.child_id)).where(
            col(Child.school_id) == school_id, col(Child.student_no) == record.student_no
        )
    )
    child_id = found_now.one()
    await _move(tx, desk, child_id, newcomer, by=by)
    return Taken(child_id, before is not None, findings)


async def _judged(tx: AsyncSession, desk: Desk, newcomer: Newcomer) -> tuple[ChildRecord, list[Finding]]:
    school = await tx.get(School, desk.school())
    if school is None:
        raise SchoolNotOnFile
    row = Row(number=1, cells=dict(newcomer.cells))
    grades, groups = desk.policy.school_kinds[school.kind].grades, desk.policy.priority_groups
    reading = judge_roster([row], grades=grades, priority_groups=groups)
    for record in reading.records:
        return record, reading.findings
    rejected = [one.sentence for one in reading.findings if one.severity is Severity.REJECTED]
    raise NewcomerNotTaken(
        sentences="".join(rejected), findings=[one.model_dump(mode="json") for one in reading.findings]
    )


async def _move(tx: AsyncSession, desk: Desk, child_id: UUID, newcomer: Newcomer, *, by: UUID) -> None:
    school_id = desk.school()
    tx.add(
        ChildMove(
            school_id=school_id,
            move_id=new_id(),
            child_id=child_id,
            direction="in",
            effective_on=newcomer.effective_on,
            other_school=newcomer.other_school,
            reason=newcomer.reason,
            decided_by=by,
            decided_at=desk.now,
        )
    )
    await tx.flush()
    if newcomer.effective_on > school_day(desk.now):
        await tx.execute(
            update(Child)
            .where(col(Child.school_id) == school_id, col(Child.child_id) == child_id)
            .values(removed=True)
        )
        due_at = at_school_time(newcomer.effective_on, time())
        await set_move_timers(tx, school_id, [child_id], due_at=due_at)
    version = await take_version(tx, school_id, now=desk.now)
    await follow_children(tx, school_id, [child_id], version=version)

"""Health notes and priority groups: few may see them, and every look is noted."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.families.errors import ChildNotOnFile, UnknownPriorityGroup
from services.enrollment.families.note_read import note_read
from services.enrollment.policy import Policy

_AT_SCHOOL = text("SELECT 1 FROM child WHERE school_id = :school_id AND child_id = :child_id")
_HEALTH = text(
    "SELECT c.child_id, c.student_no, c.name, c.grade, c.class_name, h.note, h.recorded_at"
    "  FROM child_health h JOIN child c USING (school_id, child_id)"
    " WHERE h.school_id = :school_id AND NOT c.removed"
    "   AND (CAST(:child_id AS uuid) IS NULL OR child_id = :child_id)"
    " ORDER BY c.grade, c.class_name, c.pinyin, child_id"
)
_PRIORITY = text(
    "SELECT c.child_id, c.student_no, c.name, c.grade, c.class_name,"
    "       array_agg(p.group_name ORDER BY p.group_name) AS groups"
    "  FROM child_priority p JOIN child c USING (school_id, child_id)"
    " WHERE p.school_id = :school_id AND NOT c.removed"
    "   AND (CAST(:child_id AS uuid) IS NULL OR child_id = :child_id)"
    " GROUP BY c.child_id, c.student_no, c.name, c.grade, c.class_name, c.pinyin"
    " ORDER BY c.grade, c.class_name, c.pinyin, c.child_id"
)
_SET_HEALTH = text(
    "INSERT INTO child_health (school_id, child_id, note, recorded_at)"
    " VALUES (:school_id, :child_id, :note, :now) ON CONFLICT (school_id, child_id)"
    " DO UPDATE SET note = excluded.note, recorded_at = excluded.recorded_at"
)
_DROP_HEALTH = text("DELETE FROM child_health WHERE school_id = :school_id AND child_id = :child_id")
_DROP_GROUPS = text(
    "DELETE FROM child_priority WHERE school_id = :school_id AND child_id = :child_id"
    " AND group_name <> ALL(CAST(:groups AS text[]))"
)
_SET_GROUPS = text(
    "INSERT INTO child_priority (school_id, child_id, group_name, recorded_at)"
    " SELECT :school_id, :child_id, name, :now FROM unnest(CAST(:groups AS text[])) AS name"
    " ON CONFLICT DO NOTHING"
)


async def health_notes(
    tx: AsyncSession, school_id: UUID, child_id: UUID | None, *, by: UUID, now: datetime
) -> Sequence[RowMapping]:
    """Return the note of one child, or all of the school, and write down that ``by`` (staff) read it.

    Raises ChildNotOnFile.
    """
    if child_id is not None:
        await _check_on_file(tx, school_id, child_id)
    await note_read(tx, school_id, "health", of=child_id, by=by, now=now)
    return (await tx.execute(_HEALTH, {"school_id": school_id, "child_id": child_id})).mappings().all()


async def priority_groups(
    tx: AsyncSession, school_id: UUID, child_id: UUID | None, *, by: UUID, now: datetime
) -> Sequence[RowMapping]:
    """Return the groups of one child, or of all of the school, and write down that ``by`` (staff) read it.

    Raises ChildNotOnFile.
    """
    if child_id is not None:
        await _check_on_file(tx, school_id, child_id)
    await note_read(tx, school_id, "priority", of=child_id, by=by, now=now)
    return (await tx.execute(_PRIORITY, {"school_id": school_id, "child_id": child_id})).mappings().all()


async def set_health_note(
    tx: AsyncSession, school_id: UUID, child_id: UUID, note: str | None, *, now: datetime
) -> None:
    """Replace a child's note, or take it away. Raises ChildNotOnFile."""
    facts = {"school_id": school_id, "child_id": child_id, "note": note, "now": now}
    await _check_on_file(tx, school_id, child_id)
    await tx.execute(_DROP_HEALTH if note is None else _SET_HEALTH, facts)


async def set_priority_groups(
    tx: AsyncSession,
    school_id: UUID,
    child_id: UUID,
    groups: Collection[str],
    *,
    policy: Policy,
    now: datetime,
) -> None:
    """Replace a child's priority groups; none at all takes them away.

    Raises:
        ChildNotOnFile: no such child at this school.
        UnknownPriorityGroup: the policy has no such group.
    """
    for group in groups:
        if group not in policy.priority_groups:
            known = list(policy.priority_groups)
            raise UnknownPriorityGroup(group=group, groups=known, groups_text="、".join(known))
    await _check_on_file(tx, school_id, child_id)
    facts = {"school_id": school_id, "child_id": child_id, "groups": list(groups), "now": now}
    await tx.execute(_DROP_GROUPS, facts)
    await tx.execute(_SET_GROUPS, facts)


async def _check_on_file(tx: AsyncSession, school_id: UUID, child_id: UUID) -> None:
    if await tx.scalar(_AT_SCHOOL, {"school_id": school_id, "child_id": child_id}) is None:
        raise ChildNotOnFile

"""Everything about one child that an officer works with; what is sensitive stands elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.families.errors import ChildNotOnFile
from services.enrollment.families.siblings import siblings_of

_CHILD = text(
    "SELECT child_id, student_no, name, sex, grade, class_name, boarder, agreed_number, removed,"
    "       (SELECT max(number) FROM agreement_text t WHERE t.school_id = child.school_id) AS agreement_number"
    "  FROM child WHERE school_id = :school_id AND child_id = :child_id"
)
_GUARDIANS = text(
    "SELECT guardian_id, g.name, g.phone_sealed, b.relation, b.rank, b.may_choose, b.may_sign, b.may_collect,"
    "       b.is_told FROM guardianship b JOIN guardian g USING (school_id, guardian_id)"
    " WHERE b.school_id = :school_id AND b.child_id = :child_id AND NOT b.removed ORDER BY b.rank, guardian_id"
)
_PLACES = text(
    "SELECT p.place_id, p.offering_id, o.title, o.kind, o.basic, p.weekdays, o.starts, o.ends, p.from_on,"
    "       p.until_on, st.name AS teacher, r.name AS room"
    "  FROM place p JOIN offering o USING (school_id, offering_id)"
    "  LEFT JOIN staff st ON st.school_id = o.school_id AND st.staff_id = o.teacher_id"
    "  LEFT JOIN room r ON r.school_id = o.school_id AND r.room_id = o.room_id"
    " WHERE p.school_id = :school_id AND p.child_id = :child_id"
    "   AND (p.until_on IS NULL OR p.until_on > greatest(p.from_on, CAST(:today AS date)))"
    " ORDER BY o.starts, p.from_on, p.place_id"
)
_MOVES = text(
    "SELECT direction, effective_on, other_school, reason, decided_at FROM child_move"
    " WHERE school_id = :school_id AND child_id = :child_id ORDER BY decided_at, move_id"
)
_SIBLINGS = text(
    "SELECT child_id, name, grade, class_name FROM child"
    " WHERE school_id = :school_id AND child_id = ANY(CAST(:children AS uuid[])) ORDER BY grade DESC, child_id"
)


@dataclass(frozen=True)
class ChildPage:
    """A child with those around it; a guardian's phone is still sealed. A child who left has its page, too."""

    child: RowMapping
    guardians: Sequence[RowMapping]
    places: Sequence[RowMapping]
    moves: Sequence[RowMapping]
    siblings: Sequence[RowMapping]


async def child_page(tx: AsyncSession, school_id: UUID, child_id: UUID, *, today: date) -> ChildPage:
    """Return what is on file; places that hold today or later. Raises ChildNotOnFile."""
    facts = {"school_id": school_id, "child_id": child_id, "today": today}
    child = (await tx.execute(_CHILD, facts)).mappings().one_or_none()
    if child is None:
        raise ChildNotOnFile
    related = await siblings_of(tx, school_id, [child_id])
    siblings = {"school_id": school_id, "children": list(related.get(child_id, ()))}
    return ChildPage(
        child,
        (await tx.execute(_GUARDIANS, facts)).mappings().all(),
        (await tx.execute(_PLACES, facts)).mappings().all(),
        (await tx.execute(_MOVES, facts)).mappings().all(),
        (await tx.execute(_SIBLINGS, siblings)).mappings().all(),
    )

"""Lock the children that a guardian chooses for, and see that the guardian may."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.selection.errors import NoRightToChoose
from services.kernel.problems import NotYours

# NO KEY UPDATE: rows that refer to the child can still be written by others.
_LOCK = text(
    "SELECT child_id, grade, class_name FROM child"
    " WHERE school_id = :school_id AND child_id = ANY(CAST(:children AS uuid[])) AND NOT removed"
    " ORDER BY child_id FOR NO KEY UPDATE"
)
_RIGHTS = text(
    "SELECT child_id, guardian_id, may_choose FROM guardianship"
    " WHERE school_id = :school_id AND child_id = ANY(CAST(:children AS uuid[])) AND NOT removed"
)


class ChosenFor:
    """Children under lock: their grade and class, and who may choose for them."""

    def __init__(
        self, classes: dict[UUID, tuple[int, str]], may_choose: dict[tuple[UUID, UUID], bool]
    ) -> None:
        self.classes = classes
        self._may_choose = may_choose

    def grade(self, child_id: UUID) -> int:
        """The child's grade."""
        return self.classes[child_id][0]

    def check(self, child_id: UUID, guardian_id: UUID) -> None:
        """Refuse a stranger (NotYours: as if the child were not there) and a guardian without the right."""
        may = self._may_choose.get((child_id, guardian_id))
        if may is None or child_id not in self.classes:
            raise NotYours
        if not may:
            raise NoRightToChoose


async def lock_children(tx: AsyncSession, school_id: UUID, children: Iterable[UUID]) -> ChosenFor:
    """Lock children in the order of their ids: one family's two phones follow each other.

    Locks are taken in this order everywhere: children, offerings, the school's version.
    """
    facts = {"school_id": school_id, "children": sorted(set(children))}
    classes = {row.child_id: (row.grade, row.class_name) for row in await tx.execute(_LOCK, facts)}
    rights = {(row.child_id, row.guardian_id): row.may_choose for row in await tx.execute(_RIGHTS, facts)}
    return ChosenFor(classes, rights)

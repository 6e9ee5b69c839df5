"""Lock the children that a guardian chooses for, and see that the guardian may."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.selection.errors import NoRightToChoose
from services.kernel.database.transaction import raw
from services.kernel.problems import NotYours, Refusal

# NO KEY UPDATE: rows that refer to the child can still be written by others.
LOCK_CHILDREN = (
    "SELECT child_id, grade, class_name FROM child"
    " WHERE school_id = $1 AND child_id = ANY($2::uuid[]) AND NOT removed"
    " ORDER BY child_id FOR NO KEY UPDATE"
)
_RIGHTS = (
    "SELECT child_id, guardian_id, may_choose FROM guardianship"
    " WHERE school_id = $1 AND child_id = ANY($2::uuid[]) AND NOT removed"
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

    def only(self, children: Iterable[UUID]) -> "ChosenFor":
        """These of them."""
        return ChosenFor(
            {child: self.classes[child] for child in children if child in self.classes}, self._may_choose
        )

    def objection(self, child_id: UUID, guardian_id: UUID) -> Refusal | None:
        """Return NotYours for a stranger, as if the child were not there; NoRightToChoose without that right."""
        may = self._may_choose.get((child_id, guardian_id))
        if may is None or child_id not in self.classes:
            return NotYours()
        return None if may else NoRightToChoose()

    def check(self, child_id: UUID, guardian_id: UUID) -> None:
        """Raise the objection, if there is one."""
        if (objection := self.objection(child_id, guardian_id)) is not None:
            raise objection


async def lock_children(tx: AsyncSession, school_id: UUID, children: Iterable[UUID]) -> ChosenFor:
    """Lock children in the order of their ids: one family's two phones follow each other.

    Locks are taken in this order everywhere: children, offerings, waiting entries or rounds, the school's version.
    """
    connection, ids = await raw(tx), sorted(set(children))
    locked = await connection.fetch(LOCK_CHILDREN, school_id, ids)
    rights = await connection.fetch(_RIGHTS, school_id, ids)
    return ChosenFor(
        {child: (grade, class_name) for child, grade, class_name in locked},
        {(child, guardian): may for child, guardian, may in rights},
    )

"""A guardian's own children at a school: what each may choose in a round, and whether its list is in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.menu.invitations_of import invitations_of
from services.enrollment.wishes.on_offer_in import on_offer_in
from services.enrollment.wishes.rules.submission import Chooser

_OWN = text(
    "SELECT c.child_id, c.name, c.grade, c.class_name, g.may_choose FROM guardianship g"
    "  JOIN child c USING (school_id, child_id)"
    " WHERE g.school_id = :school_id AND g.guardian_id = :guardian_id AND NOT g.removed AND NOT c.removed"
    " ORDER BY c.grade DESC, c.pinyin, c.child_id"
)
_SUBMITTED = text(
    "SELECT round_id, child_id, submitted_at FROM wish_list"
    " WHERE school_id = :school_id AND child_id = ANY(CAST(:children AS uuid[]))"
)


@dataclass(frozen=True)
class ChildInRound:
    """A child and the offerings of a round that are meant for it; ``may_choose`` is the guardian's right."""

    child_id: UUID
    name: str
    may_choose: bool
    offering_ids: list[UUID]
    submitted_at: datetime | None


async def children_in_rounds(
    tx: AsyncSession, school_id: UUID, guardian_id: UUID, rounds: Iterable[UUID]
) -> Mapping[UUID, list[ChildInRound]]:
    """Return by round what each of the guardian's children may choose."""
    children = (await tx.execute(_OWN, {"school_id": school_id, "guardian_id": guardian_id})).all()
    ids = [row.child_id for row in children]
    invited = await invitations_of(tx, school_id, ids)
    lists = await tx.execute(_SUBMITTED, {"school_id": school_id, "children": ids})
    submitted = {(row.round_id, row.child_id): row.submitted_at for row in lists}
    found: dict[UUID, list[ChildInRound]] = {}
    for round_id in rounds:
        on_offer = await on_offer_in(tx, school_id, round_id)
        found[round_id] = []
        for row in children:
            chooser = Chooser(row.grade, row.class_name, invited.get(row.child_id, frozenset()))
            fitting = [one.offering_id for one in on_offer.values() if chooser.fits(one) is None]
            found[round_id].append(
                ChildInRound(
                    row.child_id, row.name, row.may_choose, fitting, submitted.get((round_id, row.child_id))
                )
            )
    return found

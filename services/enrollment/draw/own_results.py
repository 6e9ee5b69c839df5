"""What became of a guardian's own children in a round: a sentence for each wish, and the receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.draw.rules.reasons import Outcome
from services.enrollment.draw.rules.say_outcome import say_hint, say_not_written, say_outcome

_OWN = text(
    "SELECT e.child_id, c.name, e.position, e.receipt FROM draw_entry e"
    "  JOIN child c ON c.school_id = :school_id AND c.child_id = e.child_id"
    " WHERE e.school_id = :school_id AND e.round_id = :round_id AND e.child_id = ANY(ARRAY("
    "   SELECT g.child_id FROM guardianship g"
    "    WHERE g.school_id = :school_id AND g.guardian_id = :guardian_id AND NOT g.removed))"
    " ORDER BY c.grade DESC, c.pinyin, e.child_id"
)
# A place that was given up since was given all the same.
_WISHES = text(
    "SELECT w.child_id, w.rank, w.offering_id, w.outcome, w.facts,"
    "       (SELECT p.place_id FROM place p WHERE p.school_id = w.school_id AND p.child_id = w.child_id"
    "           AND p.offering_id = w.offering_id AND p.round_id = w.round_id AND p.came_by = 'draw') AS place_id"
    "  FROM draw_wish w WHERE w.school_id = :school_id AND w.round_id = :round_id"
    "   AND w.child_id = ANY(CAST(:children AS uuid[])) ORDER BY w.child_id, w.rank"
)
_TITLES = text(
    "SELECT offering_id, title FROM offering"
    " WHERE school_id = :school_id AND offering_id = ANY(CAST(:offerings AS uuid[]))"
)


@dataclass(frozen=True)
class WishResult:
    """What became of one wish; ``can_wait``: it is full, and one may wait for it."""

    rank: int
    offering_id: UUID
    title: str
    outcome: str
    sentence: str
    place_id: UUID | None
    can_wait: bool


@dataclass(frozen=True)
class ChildResult:
    """A child's place in the order and its wishes; ``hint`` says what a child without a club can do."""

    child_id: UUID
    name: str
    position: int
    wishes: Sequence[WishResult]
    hint: str | None
    receipt: dict[str, Any]


async def own_results(
    tx: AsyncSession, school_id: UUID, round_id: UUID, *, guardian_id: UUID
) -> list[ChildResult]:
    """Return the guardian's children who took part, the eldest first."""
    about = {"school_id": school_id, "round_id": round_id, "guardian_id": guardian_id}
    children = (await tx.execute(_OWN, about)).all()
    wishes = (await tx.execute(_WISHES, {**about, "children": [row.child_id for row in children]})).all()
    titles = await _titles(tx, school_id, wishes)
    results = []
    for child in children:
        own = [_wish_result(row, child.position, titles) for row in wishes if row.child_id == child.child_id]
        got_none = all(wish.place_id is None for wish in own)
        hint = say_hint([wish.title for wish in own if wish.can_wait]) if got_none else None
        results.append(ChildResult(child.child_id, child.name, child.position, own, hint, child.receipt))
    return results


async def _titles(tx: AsyncSession, school_id: UUID, wishes: Sequence[Any]) -> dict[str, str]:
    """Return the titles of all clubs that a sentence may name."""
    named = {row.offering_id for row in wishes}
    named |= {UUID(row.facts[fact]) for row in wishes for fact in ("with", "instead") if fact in row.facts}
    rows = await tx.execute(_TITLES, {"school_id": school_id, "offerings": sorted(named)})
    return {str(row.offering_id): row.title for row in rows}


def _wish_result(row: Any, position: int, titles: dict[str, str]) -> WishResult:
    title = titles[str(row.offering_id)]
    lost = row.outcome == "given" and row.place_id is None
    told = Outcome(row.outcome, row.facts)
    return WishResult(
        rank=row.rank,
        offering_id=row.offering_id,
        title=title,
        outcome=row.outcome,
        sentence=say_not_written(title) if lost else say_outcome(title, told, position, titles),
        place_id=row.place_id,
        can_wait=row.outcome == "full",
    )

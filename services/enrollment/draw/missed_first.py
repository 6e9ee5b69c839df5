"""Who missed the first wish when children were last drawn, in an earlier term?"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# A holiday's opening is compared with holidays, a term with terms. A term may have had several rounds: a child's
# last one counts. A wish that was no longer possible for the child, or met its own other choice, was not missed.
_MISSED = text(
    "WITH this AS ("
    "  SELECT t.kind, t.starts_on FROM round r JOIN term t USING (school_id, term_id)"
    "   WHERE r.school_id = :school_id AND r.round_id = :round_id"
    "), earlier AS ("
    "  SELECT r.round_id, r.published_at, t.starts_on FROM round r JOIN term t USING (school_id, term_id), this"
    "   WHERE r.school_id = :school_id AND r.kind = 'preference' AND r.published_at IS NOT NULL"
    "     AND t.kind = this.kind AND t.starts_on < this.starts_on"
    "), last AS ("
    "  SELECT round_id, published_at FROM earlier WHERE starts_on = (SELECT max(starts_on) FROM earlier)"
    "), firsts AS ("
    "  SELECT DISTINCT ON (w.child_id) w.child_id, w.outcome FROM draw_wish w JOIN last USING (round_id)"
    "   WHERE w.school_id = :school_id AND w.rank = 1 AND w.child_id = ANY(CAST(:children AS uuid[]))"
    "   ORDER BY w.child_id, last.published_at DESC"
    ") SELECT child_id FROM firsts WHERE outcome IN ('full', 'dissolved')"
)


async def missed_first(
    tx: AsyncSession, school_id: UUID, round_id: UUID, children: Collection[UUID]
) -> frozenset[UUID]:
    """Return the children whose first wish was full or dissolved in the last earlier term that had a draw."""
    facts = {"school_id": school_id, "round_id": round_id, "children": list(children)}
    return frozenset(await tx.scalars(_MISSED, facts))

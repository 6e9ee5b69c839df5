"""Which open proposals could a guardian's children take up? Without any name."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.selection.held_clubs import held_clubs
from services.enrollment.selection.read_clubs import clubs_beside
from services.enrollment.selection.rules.judge_claim import Club
from services.enrollment.swaps.rules.exchange import exchange_bar, exchange_day, exchange_objection
from services.kernel.clock import school_day
from services.kernel.problems import Refusal

_CANDIDATES = text(
    "SELECT s.swap_id, s.gives_id, s.wants_id, q.from_on AS their_from_on, p.place_id, p.from_on, c.child_id, c.grade,"
    "       c.class_name"
    "  FROM guardianship g JOIN child c USING (school_id, child_id)"
    "  JOIN place p ON p.school_id = c.school_id AND p.child_id = c.child_id AND p.until_on IS NULL"
    "  JOIN swap_proposal s ON s.school_id = p.school_id AND s.wants_id = p.offering_id AND s.state = 'open'"
    "  JOIN place q ON q.school_id = s.school_id AND q.place_id = s.place_id AND q.until_on IS NULL"
    " WHERE g.school_id = :school_id AND g.guardian_id = :guardian_id AND NOT g.removed AND g.may_choose"
    "   AND NOT c.removed AND s.child_id <> c.child_id"
    " ORDER BY s.proposed_at, s.swap_id, p.place_id"
)


@dataclass(frozen=True)
class PossibleSwap:
    """A child could give ``place_id``, of the club ``gives``, and get a place in ``gets``."""

    swap_id: UUID
    child_id: UUID
    place_id: UUID
    gives: Club
    gets: Club


async def possible_swaps(
    tx: AsyncSession, school_id: UUID, guardian_id: UUID, *, now: datetime
) -> list[PossibleSwap]:
    """Return the proposals for a place that a child of this guardian holds and for a club it could have instead.

    Read without a lock: everything is judged again when a proposal is taken up.
    """
    rows = (await tx.execute(_CANDIDATES, {"school_id": school_id, "guardian_id": guardian_id})).all()
    if not rows:
        return []
    today, children = school_day(now), {row.child_id for row in rows}
    clubs = await clubs_beside(tx, school_id, {row.wants_id for row in rows}, children, now=now)
    held = await held_clubs(tx, school_id, children, since=today)
    found = []
    for row in rows:
        gives, gets = clubs.get(row.wants_id), clubs.get(row.gives_id)
        if gives is None or gets is None or exchange_bar(gives) or exchange_bar(gets):
            continue
        since = exchange_day(gives, gets, begun=[row.from_on, row.their_from_on], today=today)
        child = (row.child_id, row.grade, row.class_name)
        clubs_held = held.get(row.child_id, [])
        if isinstance(since, Refusal) or exchange_objection(
            gets, child, clubs_held, gives=row.place_id, since=since
        ):
            continue
        found.append(PossibleSwap(row.swap_id, row.child_id, row.place_id, gives, gets))
    return found

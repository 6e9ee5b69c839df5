"""The rounds of a school as they stand: for families what they can see, for officers all."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.rounds.rules.phase import Phase, phase_of
from services.enrollment.selection.free_places import free_places
from services.kernel.clock import school_day

_ROUNDS = text(
    "SELECT r.* FROM round r JOIN term t USING (school_id, term_id) WHERE r.school_id = :school_id"
    "   AND (CAST(:round_id AS uuid) IS NULL OR r.round_id = :round_id)"
    "   AND (CAST(:round_id AS uuid) IS NOT NULL OR t.ends_on >= CAST(:today AS date))"
    "   AND (:hidden_too OR r.visible_from <= :now)"
    " ORDER BY r.opens_at, r.round_id"
)
_OFFERINGS = text(
    "SELECT r.round_id, o.offering_id, o.code, o.title, o.kind, o.state, o.weekdays, o.starts, o.ends, o.grades,"
    "       o.classes, o.by_invitation, o.capacity, o.minimum_size, o.content, st.name AS teacher, rm.name AS room"
    "  FROM round_offering r JOIN offering o USING (school_id, offering_id)"
    "  LEFT JOIN staff st ON st.school_id = o.school_id AND st.staff_id = o.teacher_id"
    "  LEFT JOIN room rm ON rm.school_id = o.school_id AND rm.room_id = o.room_id"
    " WHERE r.school_id = :school_id AND r.round_id = ANY(CAST(:rounds AS uuid[]))"
    " ORDER BY o.starts, o.code"
)
_CHANGES = text(
    "SELECT round_id, reason, was, became, changed_at FROM round_change"
    " WHERE school_id = :school_id AND round_id = ANY(CAST(:rounds AS uuid[])) ORDER BY changed_at, change_id"
)


@dataclass(frozen=True)
class RoundSeen:
    """A round, its phase, its offerings with ``free`` places, and what was changed of it."""

    row: Any
    phase: Phase
    offerings: Sequence[Mapping[str, Any]]
    changes: Sequence[RowMapping]


async def school_rounds(
    tx: AsyncSession,
    school_id: UUID,
    *,
    round_id: UUID | None = None,
    hidden_too: bool = False,
    now: datetime,
) -> list[RoundSeen]:
    """Return the rounds of terms that are not over, or the one that is asked for, by opening."""
    today = school_day(now)
    facts = {
        "school_id": school_id,
        "round_id": round_id,
        "today": today,
        "now": now,
        "hidden_too": hidden_too,
    }
    rounds = (await tx.execute(_ROUNDS, facts)).all()
    about = {"school_id": school_id, "rounds": [row.round_id for row in rounds]}
    offerings = (await tx.execute(_OFFERINGS, about)).mappings().all()
    free = await free_places(tx, school_id, {row["offering_id"] for row in offerings}, since=today, now=now)
    in_round: defaultdict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
    for row in offerings:
        in_round[row["round_id"]].append({**row, "free": max(free[row["offering_id"]], 0)})
    changes: defaultdict[UUID, list[RowMapping]] = defaultdict(list)
    for row in (await tx.execute(_CHANGES, about)).mappings():
        changes[row["round_id"]].append(row)
    return [
        RoundSeen(row, phase_of(row, now=now), in_round[row.round_id], changes[row.round_id])
        for row in rounds
    ]

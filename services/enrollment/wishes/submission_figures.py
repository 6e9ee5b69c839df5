"""How many lists and wishes are in while a round is open, and whose are still missing: for officers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.menu.invitations_of import invitations_of
from services.enrollment.wishes.on_offer_in import on_offer_in
from services.enrollment.wishes.rules.submission import Chooser

_WISHES = text(
    "SELECT o.offering_id, o.code, o.title, o.capacity, count(wish.rank) AS wishes,"
    "       count(wish.rank) FILTER (WHERE wish.rank = 1) AS first_wishes"
    "  FROM round_offering r JOIN offering o USING (school_id, offering_id)"
    "  LEFT JOIN (SELECT l.school_id, chosen.offering_id, chosen.rank FROM wish_list l,"
    "      unnest(l.offerings) WITH ORDINALITY AS chosen (offering_id, rank)"
    "      WHERE l.school_id = :school_id AND l.round_id = :round_id) AS wish"
    "    ON wish.school_id = o.school_id AND wish.offering_id = o.offering_id"
    " WHERE r.school_id = :school_id AND r.round_id = :round_id"
    " GROUP BY o.offering_id, o.code, o.title, o.capacity, o.starts ORDER BY o.starts, o.code"
)
_LISTS = text("SELECT count(*) FROM wish_list WHERE school_id = :school_id AND round_id = :round_id")
_WITHOUT = text(
    "SELECT c.child_id, c.student_no, c.name, c.grade, c.class_name FROM child c"
    " WHERE c.school_id = :school_id AND NOT c.removed AND NOT EXISTS (SELECT FROM wish_list l"
    "   WHERE l.school_id = c.school_id AND l.child_id = c.child_id AND l.round_id = :round_id)"
    " ORDER BY c.grade, c.class_name, c.pinyin, c.child_id"
)


@dataclass(frozen=True)
class SubmissionFigures:
    """Lists in, wishes by offering, and children who could choose and have no list. Nothing says who is preferred."""

    lists: int
    offerings: Sequence[Any]
    missing: Sequence[Any]


async def submission_figures(tx: AsyncSession, school_id: UUID, round_id: UUID) -> SubmissionFigures:
    """Return the figures of a round as it stands."""
    facts = {"school_id": school_id, "round_id": round_id}
    lists = int(await tx.scalar(_LISTS, facts) or 0)
    offerings = (await tx.execute(_WISHES, facts)).all()
    without = (await tx.execute(_WITHOUT, facts)).all()
    on_offer = (await on_offer_in(tx, school_id, round_id)).values()
    invited = await invitations_of(tx, school_id, [row.child_id for row in without])
    missing = [
        row
        for row in without
        for chooser in [Chooser(row.grade, row.class_name, invited.get(row.child_id, frozenset()))]
        if any(chooser.fits(audience) is None for audience in on_offer)
    ]
    return SubmissionFigures(lists, offerings, missing)

"""Rounds for tests: over the sample school's first-graders' clubs, opening at eight in the evening."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.rounds.announce_round import announce_round
from services.enrollment.rounds.pick_offerings import Picked
from services.enrollment.rounds.round_of_offerings import standing_of
from services.enrollment.rounds.rules.plan import RoundPlan
from services.enrollment.rounds.tables import Round
from services.enrollment.schools.current_term import current_term
from services.enrollment.wishes.rules.submission import ChildWishes, Submission, Together
from services.enrollment.wishes.submit_wishes import submit_wishes
from services.enrollment.wishes.tables import WishList
from services.kernel.cipher import FieldCipher
from services.kernel.clock import school_day
from tests.enrollment.conftest import FIELD_KEYS, NOON, Family, Schools

VISIBLE = NOON + timedelta(hours=1)
OPENS = NOON + timedelta(hours=8)
CLOSES = OPENS + timedelta(hours=24)
RESULTS = CLOSES + timedelta(hours=2)
CLUBS = ("K055", "K056", "K057", "K058")
"""Clubs for first-graders; K055 and K057 meet at the same time."""


async def ids_of(tx: AsyncSession, *codes: str) -> list[UUID]:
    """Return offerings of the primary school, in the order asked."""
    found = await tx.execute(
        text(
            "SELECT o.code, offering_id FROM offering o JOIN school s USING (school_id)"
            " WHERE s.code = 'S001' AND o.code = ANY(CAST(:codes AS text[]))"
        ),
        {"codes": list(codes)},
    )
    ids = {row.code: row.offering_id for row in found}
    return [ids[code] for code in codes]


async def plan_of(tx: AsyncSession, school_id: UUID, kind: str, **told: Any) -> RoundPlan:
    """Return a plan with the times above."""
    term = await current_term(tx, school_id, on=school_day(NOON))
    plan = RoundPlan(
        term_id=term.term_id,
        kind="preference" if kind == "preference" else "first_come",
        title="秋季社团选课",
        visible_from=VISIBLE,
        opens_at=OPENS,
        closes_at=CLOSES,
        results_at=RESULTS,
        most_clubs=2,
        most_wishes=5,
    )
    return replace(plan, **told)


async def announced(
    tx: AsyncSession,
    schools: Schools,
    kind: str = "preference",
    *,
    codes: Sequence[str] = CLUBS,
    now: datetime = NOON,
    **told: Any,
) -> Round:
    """Announce a round of the primary school."""
    return await announce_round(
        tx,
        schools.primary,
        await plan_of(tx, schools.primary, kind, **told),
        Picked(await ids_of(tx, *codes)),
        by=schools.officers["S001"],
        cipher=FieldCipher(FIELD_KEYS),
        now=now,
    )


async def submit(
    tx: AsyncSession,
    told: Round,
    family: Family,
    *codes: str,
    now: datetime = OPENS,
    most_clubs: int | None = None,
) -> Sequence[WishList]:
    """Hand one child's list in."""
    wishes = ChildWishes(family.child_id, await ids_of(tx, *codes), most_clubs)
    return await submit_wishes(
        tx, told.school_id, told.round_id, Submission(family.guardian_id, [wishes]), now=now
    )


async def submit_together(
    tx: AsyncSession,
    told: Round,
    guardian_id: UUID,
    lists: dict[UUID, Sequence[str]],
    *together: Together,
    now: datetime = OPENS,
) -> Sequence[WishList]:
    """Hand several children's lists in."""
    wishes = [ChildWishes(child, await ids_of(tx, *codes)) for child, codes in lists.items()]
    submission = Submission(guardian_id, wishes, together)
    return await submit_wishes(tx, told.school_id, told.round_id, submission, now=now)


async def phase_at(tx: AsyncSession, told: Round, now: datetime) -> str | None:
    """Return the phase in which a claim would meet K055; None: it is in no round."""
    (club,) = await ids_of(tx, "K055")
    standings = await standing_of(tx, told.school_id, [club], now=now)
    return standings[club].phase if club in standings else None

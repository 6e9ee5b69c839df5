"""Publish a draw: its places are written, clubs without their minimum are withdrawn, every family is told."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.facts.enrollment import ResultsOut
from services.enrollment.menu.withdraw_offering import withdraw_offering
from services.enrollment.rounds.round_on_file import lock_round, round_on_file
from services.enrollment.rounds.tables import Round
from services.enrollment.schools.tables import Term
from services.enrollment.selection.free_places import free_places
from services.enrollment.selection.held_clubs import held_clubs
from services.enrollment.selection.lock_children import ChosenFor, lock_children
from services.enrollment.selection.read_clubs import lock_clubs
from services.enrollment.selection.rules.claim_objection import Held, claim_objection
from services.enrollment.selection.rules.judge_claim import Club
from services.enrollment.selection.write_places import NewPlace, write_places
from services.kernel.clock import school_day
from services.kernel.letters.announce import announce

TOO_FEW = "报名人数不足，没有达到最少开班人数。"

_DRAWN = text(
    "SELECT e.child_id, count(w.rank) AS wishes FROM draw_entry e"
    "  LEFT JOIN draw_wish w USING (school_id, round_id, child_id)"
    " WHERE e.school_id = :school_id AND e.round_id = :round_id GROUP BY e.child_id, e.position ORDER BY e.position"
)
_GIVEN = text(
    "SELECT w.child_id, w.offering_id, l.submitted_by, l.request_id"
    "  FROM draw_wish w JOIN draw_entry e USING (school_id, round_id, child_id)"
    "  JOIN wish_list l USING (school_id, round_id, child_id)"
    " WHERE w.school_id = :school_id AND w.round_id = :round_id AND w.outcome = 'given'"
    " ORDER BY e.position, w.rank"
)
_DISSOLVED = text("SELECT dissolved FROM draw WHERE school_id = :school_id AND round_id = :round_id")
_IN_DISSOLVED = text(
    "SELECT child_id FROM place WHERE school_id = :school_id AND offering_id = ANY(CAST(:offerings AS uuid[]))"
    " UNION SELECT child_id FROM waiting_entry"
    " WHERE school_id = :school_id AND offering_id = ANY(CAST(:offerings AS uuid[]))"
)


@dataclass(frozen=True)
class _Ground:
    """Under lock at the publication: who is still there, what they hold, what is free."""

    children: ChosenFor
    clubs: Mapping[UUID, Club]
    held: Mapping[UUID, Sequence[Held]]
    free: Mapping[UUID, int]
    since: date


async def publish_results(tx: AsyncSession, school_id: UUID, round_id: UUID, *, now: datetime) -> Round:
    """Write the places of a drawn round and tell every family that took part; returns the round. Done once.

    Between draw and publication a child may have left, or chosen other clubs, of the same hours or as many as the
    round allows, and a school may have taken seats away: such a place is not written, and its family reads why.

    Raises:
        UnknownRound: there is no such round.
    """
    told = await round_on_file(tx, school_id, round_id)
    if told.drawn_at is None or told.published_at is not None or told.cancelled_at is not None:
        return told
    about = {"school_id": school_id, "round_id": round_id}
    drawn = (await tx.execute(_DRAWN, about)).all()
    given = (await tx.execute(_GIVEN, about)).all()
    dissolved: list[UUID] = (await tx.execute(_DISSOLVED, about)).scalar_one()
    ground = await _lock(tx, told, given, dissolved, now=now)
    told = await lock_round(tx, school_id, round_id)
    if told.published_at is not None:
        return told
    told.published_at = now
    places = _still_possible(ground, given, told)
    await write_places(tx, school_id, places, since=ground.since, now=now)
    for offering_id in dissolved:
        if ground.clubs[offering_id].state == "published":
            await withdraw_offering(tx, school_id, offering_id, from_on=None, reason=TOO_FEW, now=now)
    await _tell(tx, told, drawn, places, now=now)
    return told


async def _lock(
    tx: AsyncSession, told: Round, given: Sequence[Any], dissolved: Sequence[UUID], *, now: datetime
) -> _Ground:
    """Lock children, then clubs, as everybody does."""
    school_id = told.school_id
    term = await tx.get_one(Term, (school_id, told.term_id))
    since = max(school_day(now), term.starts_on)
    own = {row.child_id for row in given}
    others = await tx.scalars(_IN_DISSOLVED, {"school_id": school_id, "offerings": dissolved})
    children = await lock_children(tx, school_id, own | set(others))
    offerings = {row.offering_id for row in given} | set(dissolved)
    return _Ground(
        children=children,
        clubs=await lock_clubs(tx, school_id, offerings, own, now=now),
        held=await held_clubs(tx, school_id, own, since=since),
        free=await free_places(tx, school_id, offerings, since=since, now=now),
        since=since,
    )


def _still_possible(ground: _Ground, given: Sequence[Any], told: Round) -> list[NewPlace]:
    """Return the places that can be written, in the order of the draw.

    The limit counts again what a child holds: another round may have been open since the draw.
    """
    left = dict(ground.free)
    written: Counter[UUID] = Counter()
    places = []
    for row in given:
        club = ground.clubs[row.offering_id]
        held, most = ground.held.get(row.child_id, ()), told.most_clubs - written[row.child_id]
        if (
            row.child_id not in ground.children.classes
            or club.state != "published"
            or left[row.offering_id] <= 0
            or claim_objection(club, held, since=ground.since, most_clubs=most) is not None
        ):
            continue
        left[row.offering_id] -= 1
        written[row.child_id] += 1
        places.append(
            NewPlace(
                child_id=row.child_id,
                offering_id=row.offering_id,
                weekdays=club.weekdays,
                chosen_by=row.submitted_by,
                came_by="draw",
                round_id=told.round_id,
                request_id=row.request_id,
            )
        )
    return places


async def _tell(
    tx: AsyncSession, told: Round, drawn: Sequence[Any], places: Sequence[NewPlace], *, now: datetime
) -> None:
    got: dict[UUID, list[UUID]] = {}
    for place in places:
        got.setdefault(place.child_id, []).append(place.offering_id)
    facts = [
        ResultsOut(
            school_id=told.school_id,
            round_id=told.round_id,
            child_id=row.child_id,
            wishes=row.wishes,
            given=tuple(got.get(row.child_id, ())),
            at=now,
        )
        for row in drawn
    ]
    await announce(tx, *facts, now=now)

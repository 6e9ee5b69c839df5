"""Read offerings as a claim meets them: whom they are for, in which round they stand, who is invited."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.menu.invitations_of import invitations_of
from services.enrollment.rounds.round_of_offerings import standing_of
from services.enrollment.selection.rules.eligibility import Audience
from services.enrollment.selection.rules.judge_claim import Club
from services.kernel.database.transaction import raw

_CLUBS = (
    "SELECT o.offering_id, o.title, o.weekdays, o.starts, o.ends, o.grades, o.classes, o.by_invitation, o.by_round,"
    "       o.capacity, o.state, o.basic, o.kind, o.code, t.starts_on, t.ends_on"
    "  FROM offering o JOIN term t USING (school_id, term_id) WHERE o.school_id = $1 AND "
)
# The lock on the offerings is what makes capacities exact; tests/races takes it away to show that.
LOCK_CLUBS = f"{_CLUBS} o.offering_id = ANY($2::uuid[]) ORDER BY o.offering_id FOR NO KEY UPDATE OF o"
_OF_TERMS = (
    f"{_CLUBS} o.state = 'published' AND NOT o.basic AND o.term_id IN"  # noqa: S608 - our own words
    " (SELECT w.term_id FROM offering w WHERE w.school_id = $1 AND w.offering_id = ANY($2::uuid[]))"
)


async def lock_clubs(
    tx: AsyncSession,
    school_id: UUID,
    offering_ids: Iterable[UUID],
    children: Iterable[UUID],
    *,
    now: datetime,
) -> dict[UUID, Club]:
    """Lock offerings in the order of their ids and return them; ``invited`` tells of these children only."""
    rows = await (await raw(tx)).fetch(LOCK_CLUBS, school_id, sorted(set(offering_ids)))
    return await _clubs(tx, school_id, rows, children, now=now)


async def clubs_beside(
    tx: AsyncSession,
    school_id: UUID,
    offering_ids: Iterable[UUID],
    children: Iterable[UUID],
    *,
    now: datetime,
) -> dict[UUID, Club]:
    """Return all published clubs of the terms of some offerings, without a lock: for hints."""
    rows = await (await raw(tx)).fetch(_OF_TERMS, school_id, list(offering_ids))
    return await _clubs(tx, school_id, rows, children, now=now)


async def _clubs(
    tx: AsyncSession, school_id: UUID, rows: Sequence[Any], children: Iterable[UUID], *, now: datetime
) -> dict[UUID, Club]:
    standing = await standing_of(tx, school_id, [row["offering_id"] for row in rows], now=now)
    invited: dict[UUID, set[UUID]] = {row["offering_id"]: set() for row in rows if row["by_invitation"]}
    if invited:
        for child_id, offerings in (await invitations_of(tx, school_id, list(children))).items():
            for offering_id in offerings & invited.keys():
                invited[offering_id].add(child_id)
    return {
        row["offering_id"]: Club(
            offering_id=row["offering_id"],
            title=row["title"],
            weekdays=tuple(row["weekdays"]),
            starts=row["starts"],
            ends=row["ends"],
            last_on=row["ends_on"],
            audience=Audience(
                row["offering_id"],
                row["title"],
                tuple(row["grades"]),
                None if row["classes"] is None else tuple(row["classes"]),
                row["by_invitation"],
            ),
            capacity=row["capacity"],
            state=row["state"],
            basic=row["basic"],
            kind=row["kind"],
            code=row["code"],
            first_on=row["starts_on"],
            by_round=row["by_round"],
            standing=standing.get(row["offering_id"]),
            invited=invited.get(row["offering_id"], ()),
        )
        for row in rows
    }

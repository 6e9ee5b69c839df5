"""Which offerings are chosen in a round? Named one by one, or by their kinds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.menu.errors import UnknownOffering
from services.enrollment.rounds.errors import InAnotherRound, NotForARound, RoundNeedsOfferings
from services.enrollment.rounds.round_of_offerings import standing_of

# Locked, so that of two rounds announced at the same moment one finds the offering taken.
_LOCK = text(
    "SELECT offering_id, title, basic, state, term_id FROM offering WHERE school_id = :school_id"
    "   AND (offering_id = ANY(CAST(:offerings AS uuid[]))"
    "     OR (term_id = :term_id AND kind = ANY(CAST(:kinds AS text[])) AND state = 'published' AND NOT basic))"
    " ORDER BY offering_id FOR NO KEY UPDATE"
)


@dataclass(frozen=True)
class Picked:
    """Offerings by id, and kinds of which every published offering of the term is meant."""

    offering_ids: Sequence[UUID] = ()
    kinds: Sequence[str] = ()


async def pick_offerings(
    tx: AsyncSession,
    school_id: UUID,
    term_id: UUID,
    picked: Picked,
    *,
    own_round: UUID | None = None,
    now: datetime,
) -> list[UUID]:
    """Lock what was picked and return it, by id. ``own_round``: the round it may stand in already.

    Raises:
        UnknownOffering: one of the ids is of nothing here.
        RoundNeedsOfferings: nothing was picked.
        NotForARound: basic care, another term, not published.
        InAnotherRound: chosen in a round that is not over.
    """
    facts = {
        "school_id": school_id,
        "term_id": term_id,
        "offerings": sorted(set(picked.offering_ids)),
        "kinds": list(picked.kinds),
    }
    found = {row.offering_id: row for row in await tx.execute(_LOCK, facts)}
    if not set(picked.offering_ids) <= set(found):
        raise UnknownOffering
    if not found:
        raise RoundNeedsOfferings
    unfit = [row for row in found.values() if row.basic or row.state != "published" or row.term_id != term_id]
    if unfit:
        raise NotForARound(**_named(unfit))
    standings = await standing_of(tx, school_id, found, now=now)
    bound = [
        found[offering_id]
        for offering_id, standing in standings.items()
        if standing.phase != "out" and standing.round_id != own_round
    ]
    if bound:
        raise InAnotherRound(**_named(bound))
    return list(found)


def _named(rows: Sequence[Any]) -> dict[str, Any]:
    return {
        "offerings": "、".join(f"“{row.title}”" for row in rows),
        "offering_ids": [row.offering_id for row in rows],
    }

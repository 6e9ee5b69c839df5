"""The round that an export is about."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.outgoing.errors import RoundToExportUnknown
from services.enrollment.outgoing.sheet import Desk
from services.enrollment.rounds.tables import Round

OF_ROUNDS = ("wishes", "results")
"""Kinds of lists that are about one round."""

_NAMED = text(
    "SELECT round_id FROM round WHERE school_id = :school_id AND (:kind = 'results' OR kind = 'preference')"
    "   AND CASE WHEN CAST(:named AS text) IS NULL THEN cancelled_at IS NULL"
    "            ELSE title = :named OR CAST(round_id AS text) = lower(:named) END"
    " ORDER BY cancelled_at IS NULL DESC, (:kind = 'results' AND results_at <= :now) DESC, opens_at DESC,"
    "          round_id DESC LIMIT 1"
)


async def round_named(
    tx: AsyncSession, school_id: UUID, kind: str, named: str | None, *, now: datetime
) -> UUID:
    """Return the round of that title or id; of several, and where none is named, the latest that the list can be of.

    Wishes are of preference rounds; results are rather of a round whose results are out. Raises RoundToExportUnknown.
    """
    facts = {"school_id": school_id, "kind": kind, "named": named, "now": now}
    found: UUID | None = await tx.scalar(_NAMED, facts)
    if found is None:
        raise RoundToExportUnknown
    return found


async def round_to_export(tx: AsyncSession, desk: Desk) -> Round:
    """Return it; raises RoundToExportUnknown."""
    found = await tx.get(Round, (desk.school_id, desk.round_id)) if desk.round_id is not None else None
    if found is None:
        raise RoundToExportUnknown
    return found

"""The round that an export is about."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.outgoing.errors import RoundToExportUnknown
from services.enrollment.outgoing.sheet import Desk
from services.enrollment.rounds.tables import Round


async def round_to_export(tx: AsyncSession, desk: Desk) -> Round:
    """Return it; raises RoundToExportUnknown."""
    found = await tx.get(Round, (desk.school_id, desk.round_id)) if desk.round_id is not None else None
    if found is None:
        raise RoundToExportUnknown
    return found

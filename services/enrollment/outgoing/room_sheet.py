"""The list of rooms (场地), as a school hands it in."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.imports.rules.room_rows import FORM
from services.enrollment.outgoing.sheet import Desk, Sheet, streamed

_ROOMS = text("SELECT name, capacity FROM room WHERE school_id = :school_id AND NOT removed ORDER BY name")


async def room_sheet(tx: AsyncSession, desk: Desk) -> list[Sheet]:
    """Return one row a room."""
    rooms = streamed(tx, _ROOMS, {"school_id": desk.school_id})
    return [Sheet("场地", FORM.columns, rooms, tuple, FORM.label)]

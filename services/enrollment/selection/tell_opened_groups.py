"""Let the school know that a further group of basic care was opened, and that it lacks a teacher and a room (R03)."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.facts.enrollment import CareGroupOpened
from services.contracts.personas import OFFICERS, Persona
from services.kernel.letters.announce import announce

_STAFF = text(
    "SELECT staff_id FROM staff WHERE school_id = :school_id AND NOT removed"
    "   AND personas && CAST(:personas AS varchar[]) ORDER BY staff_id"
)
TOLD = (*OFFICERS, Persona.DUTY_LEADER)


async def tell_opened_groups(
    tx: AsyncSession,
    school_id: UUID,
    opened: Sequence[Mapping[str, Any]],
    newcomers: Mapping[UUID, AbstractSet[UUID]],
    *,
    now: datetime,
) -> None:
    """Announce each group that was ``opened`` (rows of offerings), with how many children begin in it."""
    if not opened:
        return
    facts = {"school_id": school_id, "personas": list(TOLD)}
    staff = tuple(await tx.scalars(_STAFF, facts))
    told = [
        CareGroupOpened(
            at=now,
            school_id=school_id,
            offering_id=group["offering_id"],
            grades=group["grades"],
            weekdays=group["weekdays"],
            starts=group["starts"],
            ends=group["ends"],
            children=len(newcomers.get(group["offering_id"], ())),
            lacks=("teacher", "room"),
            staff=staff,
        )
        for group in opened
    ]
    await announce(tx, *told, now=now)

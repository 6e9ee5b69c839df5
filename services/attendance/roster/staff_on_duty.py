"""Who of the staff is calling? Parsed once for every route that only staff may use."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from services.attendance.roster.errors import WhichSchool
from services.contracts.personas import LEADERS, STAFF
from services.kernel.problems import NotAllowed
from services.kernel.web.dependencies import Caller


@dataclass(frozen=True)
class OnDuty:
    """A member of staff who calls, at one school. ``leader``: may act for another adult of the school."""

    school_id: UUID
    adult_id: UUID
    device_id: UUID | None
    persona: str
    leader: bool


async def staff_on_duty(who: Caller, school_id: Annotated[UUID | None, Query()] = None) -> OnDuty:
    """Return who calls; the school may be left out by whoever has only one.

    Raises:
        NotAllowed: not a member of staff.
        NotYours: not a member of that school's staff.
        WhichSchool: several schools, none named.
    """
    who.require(*STAFF)
    if school_id is None:
        if len(who.people) != 1:
            raise WhichSchool(school_ids=[str(known) for known in who.people])
        school_id = who.schools[0]
    return OnDuty(school_id, who.person_in(school_id), who.device_id, who.persona, who.persona in LEADERS)


async def leader_on_duty(staff: Annotated[OnDuty, Depends(staff_on_duty)]) -> OnDuty:
    """Return the leader who calls; raises NotAllowed for the other staff."""
    if not staff.leader:
        raise NotAllowed(persona=staff.persona)
    return staff


StaffOnDuty = Annotated[OnDuty, Depends(staff_on_duty)]
LeaderOnDuty = Annotated[OnDuty, Depends(leader_on_duty)]

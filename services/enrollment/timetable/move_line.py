"""Move one offering inside a proposal by hand."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.menu.errors import UnknownStaffOrRoom
from services.enrollment.timetable.errors import AdoptedAlready, LineBackwards, NotInProposal
from services.enrollment.timetable.proposal_on_file import OnFile, as_on_file, proposal_on_file
from services.enrollment.timetable.rules.question import Line


async def move_line(
    tx: AsyncSession, school_id: UUID, proposal_id: UUID, line: Line, *, now: datetime
) -> OnFile:
    """Put an offering of the proposal where the officer says, and return what stands against it then.

    A conflict does not refuse the edit: two moves may be needed to end it. It refuses the adoption.

    Raises:
        UnknownTimetable, NotInProposal, UnknownStaffOrRoom: by id.
        AdoptedAlready, LineBackwards: by name.
    """
    on_file = await proposal_on_file(tx, school_id, proposal_id, lock=True)
    proposal = on_file.proposal
    if proposal.adopted_at is not None:
        raise AdoptedAlready
    if line.offering_id not in {one.offering_id for one in on_file.question.wanted}:
        raise NotInProposal
    if line.room_id not in on_file.question.rooms:
        raise UnknownStaffOrRoom
    if not line.weekdays or line.ends <= line.starts:
        raise LineBackwards
    others = [one for one in on_file.plan if one.offering_id != line.offering_id]
    proposal.plan = [one.model_dump(mode="json") for one in (*others, line)]
    proposal.unplaced = [one for one in proposal.unplaced if one["offering_id"] != str(line.offering_id)]
    proposal.changed_at = now
    await tx.flush()
    return await as_on_file(tx, proposal)

"""Work out rooms and hours for some offerings, and keep the proposal."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enrollment.timetable.question_from_menu import Asked, question_from_menu
from services.enrollment.timetable.rules.blockers import unplaced
from services.enrollment.timetable.tables import TimetableProposal
from services.enrollment.timetable.work_out_plan import work_out_plan
from services.kernel.ids import new_id


async def propose_timetable(
    tx: AsyncSession, school_id: UUID, term_id: UUID, asked: Asked, *, by: UUID, now: datetime
) -> TimetableProposal:
    """Keep the best plan that was found, and of everything that found no place why. The menu is not touched.

    Raises:
        UnknownOffering, UnknownStaffOrRoom, NothingToPlace, QuestionTooLarge: what was asked for.
        TimetableBusy, TimetableNotWorkedOut: no answer this time.
    """
    question = await question_from_menu(tx, school_id, term_id, asked)
    plan = await work_out_plan(question)
    proposal = TimetableProposal(
        school_id=school_id,
        proposal_id=new_id(),
        term_id=term_id,
        asked={"question": question.model_dump(mode="json"), "best": plan.best},
        plan=[line.model_dump(mode="json") for line in plan.lines],
        unplaced=[one.model_dump(mode="json") for one in unplaced(question, plan.lines)],
        made_at=now,
        made_by=by,
    )
    tx.add(proposal)
    await tx.flush()
    return proposal

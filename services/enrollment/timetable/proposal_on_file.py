"""A proposal as it stands: its plan, what found no place, and what stands against it today."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.enrollment.menu.rules.objection import Objection
from services.enrollment.timetable.errors import UnknownTimetable
from services.enrollment.timetable.question_from_menu import question_today
from services.enrollment.timetable.rules.blockers import Unplaced
from services.enrollment.timetable.rules.plan_objections import plan_objections
from services.enrollment.timetable.rules.question import Line, Question
from services.enrollment.timetable.tables import TimetableProposal


@dataclass(frozen=True)
class OnFile:
    """A proposal, its question with today's rest of the menu, and the conflicts of both together."""

    proposal: TimetableProposal
    question: Question
    plan: tuple[Line, ...]
    unplaced: tuple[Unplaced, ...]
    conflicts: tuple[Objection, ...]

    def moved(self) -> list[Line]:
        """Return the lines that say something else than the menu does today."""
        today = {one.offering_id: one.stands for one in self.question.wanted}
        return [line for line in self.plan if line != today[line.offering_id]]


async def proposal_on_file(
    tx: AsyncSession, school_id: UUID, proposal_id: UUID, *, lock: bool = False
) -> OnFile:
    """Return one proposal; raises UnknownTimetable."""
    wanted = select(TimetableProposal).where(
        col(TimetableProposal.school_id) == school_id, col(TimetableProposal.proposal_id) == proposal_id
    )
    found = await tx.execute(wanted.with_for_update() if lock else wanted)
    proposal = found.scalar_one_or_none()
    if proposal is None:
        raise UnknownTimetable
    return await as_on_file(tx, proposal)


async def as_on_file(tx: AsyncSession, proposal: TimetableProposal) -> OnFile:
    """Judge a proposal against the menu as it stands now."""
    asked = Question.model_validate(proposal.asked["question"])
    question = await question_today(tx, proposal.school_id, proposal.term_id, asked)
    there = {one.offering_id for one in question.wanted}
    lines = (Line.model_validate(line) for line in proposal.plan)
    plan = tuple(line for line in lines if line.offering_id in there)
    return OnFile(
        proposal,
        question,
        plan,
        tuple(Unplaced.model_validate(one) for one in proposal.unplaced),
        tuple(plan_objections(question, plan)),
    )


async def proposals_of_term(tx: AsyncSession, school_id: UUID, term_id: UUID) -> list[TimetableProposal]:
    """Return a term's proposals, newest first."""
    found = await tx.scalars(
        select(TimetableProposal)
        .where(col(TimetableProposal.school_id) == school_id, col(TimetableProposal.term_id) == term_id)
        .order_by(col(TimetableProposal.made_at).desc(), col(TimetableProposal.proposal_id).desc())
    )
    return list(found)

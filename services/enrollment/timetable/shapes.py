"""How proposed timetables look over the API."""

from datetime import time
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.enrollment.menu.rules.objection import Objection
from services.enrollment.timetable.proposal_on_file import OnFile
from services.enrollment.timetable.question_from_menu import Asked
from services.enrollment.timetable.rules.blockers import Unplaced
from services.enrollment.timetable.rules.question import Line

Weekday = Annotated[int, Field(ge=1, le=7)]


class TimetableIn(Asked):
    """What is to be placed, where it may go; for the running or coming term where none is named."""

    school_id: UUID
    term_id: UUID | None = None


class LineIn(BaseModel):
    """Where an offering is to be instead."""

    school_id: UUID
    offering_id: UUID
    room_id: UUID
    weekdays: list[Weekday] = Field(min_length=1, max_length=7)
    starts: time
    ends: time

    def line(self) -> Line:
        """Shape it for the plan."""
        return Line(
            offering_id=self.offering_id,
            room_id=self.room_id,
            weekdays=tuple(sorted(set(self.weekdays))),
            starts=self.starts,
            ends=self.ends,
        )


class LineOut(Line):
    """A line of the plan, with names; ``moved``: it is not where the menu has it."""

    code: str
    title: str
    teacher: str | None
    room: str | None
    moved: bool


class TimetableOut(BaseModel):
    """A proposal: where each offering goes, what found no place and why, and what stands against it today."""

    proposal_id: UUID
    term_id: UUID
    made_at: AwareDatetime
    changed_at: AwareDatetime | None
    adopted_at: AwareDatetime | None
    best: bool = Field(
        description="Proven to be the best; otherwise the best that was found in the time given."
    )
    plan: list[LineOut]
    unplaced: list[Unplaced]
    conflicts: list[Objection]


class TimetableListed(BaseModel):
    """A proposal in a list."""

    proposal_id: UUID
    term_id: UUID
    made_at: AwareDatetime
    changed_at: AwareDatetime | None
    adopted_at: AwareDatetime | None
    placed: int
    unplaced: int


class TimetablesOut(BaseModel):
    """A term's proposals, newest first."""

    timetables: list[TimetableListed]


class AdoptionIn(BaseModel):
    """Whose proposal is adopted."""

    school_id: UUID


class AdoptedOut(BaseModel):
    """What was written, as codes of offerings."""

    proposal_id: UUID
    adopted_at: AwareDatetime
    written: list[str]
    with_next_menu: list[str] = Field(
        description="Published offerings: families see them move when the menu is published again."
    )


def shown(on_file: OnFile) -> TimetableOut:
    """Shape a proposal, lines by weekday, hour and code."""
    wanted = {one.offering_id: one for one in on_file.question.wanted}
    moved = {line.offering_id for line in on_file.moved()}
    lines = []
    for line in on_file.plan:
        one = wanted[line.offering_id]
        room = on_file.question.rooms.get(line.room_id) if line.room_id is not None else None
        lines.append(
            LineOut(
                **line.model_dump(),
                code=one.code,
                title=one.title,
                teacher=on_file.question.teachers.get(one.teacher_id) if one.teacher_id is not None else None,
                room=None if room is None else room.name,
                moved=line.offering_id in moved,
            )
        )
    proposal = on_file.proposal
    return TimetableOut(
        proposal_id=proposal.proposal_id,
        term_id=proposal.term_id,
        made_at=proposal.made_at,
        changed_at=proposal.changed_at,
        adopted_at=proposal.adopted_at,
        best=proposal.asked["best"],
        plan=sorted(lines, key=lambda line: (line.weekdays, line.starts, line.code)),
        unplaced=list(on_file.unplaced),
        conflicts=list(on_file.conflicts),
    )

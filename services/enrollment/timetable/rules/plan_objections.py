"""What stands against a plan as it is now, also after it was edited: both sides of each conflict named. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from services.enrollment.menu.rules.objection import Objection
from services.enrollment.menu.rules.proposal import Proposal
from services.enrollment.menu.rules.timetable import timetable
from services.enrollment.timetable.rules.question import Line, Question, Taken, Wanted, covers
from services.enrollment.words import weekdays_text


def plan_objections(question: Question, plan: Sequence[Line]) -> list[Objection]:
    """Name each teacher or room in two places, among the lines and with what stays; rooms too small; teachers away."""
    wanted = {one.offering_id: one for one in question.wanted}
    moved = [_proposal(wanted[line.offering_id], line, question) for line in plan]
    staying = [_proposal(one, one.line, question) for one in question.taken]
    ours = {one.code for one in moved}
    clashes = [one for one in timetable([*staying, *moved]) if ours & set(one.offerings)]
    return [*clashes, *_of_lines(question, wanted, plan)]


def _proposal(one: Wanted | Taken, line: Line, question: Question) -> Proposal:
    room = question.rooms.get(line.room_id) if line.room_id is not None else None
    return Proposal(
        code=one.code,
        title=one.title,
        kind="",
        nature="",
        weekdays=line.weekdays,
        starts=line.starts,
        ends=line.ends,
        grades=one.grades,
        # Two teachers may share a name, never an id; the sentence says the name.
        teacher=_teacher_key(one.teacher_id, question.teachers),
        room=None if room is None else room.name,
    )


def _teacher_key(teacher_id: UUID | None, names: Mapping[UUID, str]) -> str | None:
    if teacher_id is None:
        return None
    name = names.get(teacher_id, str(teacher_id))
    twins = sorted(str(other) for other, called in names.items() if called == name)
    return name if len(twins) < 2 else f"{name}（{twins.index(str(teacher_id)) + 1}）"


def _of_lines(question: Question, wanted: Mapping[UUID, Wanted], plan: Sequence[Line]) -> Iterator[Objection]:
    for line in plan:
        one = wanted[line.offering_id]
        room = question.rooms.get(line.room_id) if line.room_id is not None else None
        if room is not None and room.capacity < one.size:
            said = f"{one.called} 要容纳 {one.size} 人，“{room.name}”只能容纳 {room.capacity} 人。"
            yield _objection("room_too_small", "should", said, one.code)
        for away in question.away:
            if away.teacher_id == one.teacher_id and covers(line, away.weekday, (away.starts, away.ends)):
                name = question.teachers.get(away.teacher_id, "")
                when = f"{weekdays_text([away.weekday])} {away.starts:%H:%M}—{away.ends:%H:%M}"
                yield _objection(
                    "teacher_away", "must", f"{one.called} 排在教师{name}没有空的 {when}。", one.code
                )


def _objection(code: str, force: str, sentence: str, offering: str) -> Objection:
    return Objection.model_validate(
        {
            "rule": "R18",
            "clause": "三（四）",
            "code": code,
            "force": force,
            "sentence": sentence,
            "offerings": (offering,),
        }
    )

"""Why did an offering find no place? Looks at every slot and room it may have, and names who is there. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import time
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.enrollment.timetable.rules.open_options import span_of, teacher_taken, teachers_away
from services.enrollment.timetable.rules.question import Line, Question, Slot, Taken, Wanted, covers
from services.enrollment.words import weekdays_text

Why = Literal[
    "teacher_elsewhere", "teacher_away", "rooms_taken", "too_few_days", "no_room", "no_time", "not_tried"
]


class Blocker(BaseModel):
    """One thing in the way, at these slots; ``others`` are the codes of the offerings on the other side."""

    model_config = ConfigDict(frozen=True)

    why: Why
    slots: tuple[Slot, ...] = ()
    others: tuple[str, ...] = ()
    said: str


class Unplaced(BaseModel):
    """An offering that found no place, and all that stands in its way."""

    model_config = ConfigDict(frozen=True)

    offering_id: UUID
    code: str
    title: str
    blockers: tuple[Blocker, ...]
    sentence: str


def unplaced(question: Question, plan: Sequence[Line]) -> list[Unplaced]:
    """Explain every offering of the question that the plan does not place."""
    placed = {line.offering_id for line in plan}
    standing = [*question.taken, *_as_taken(question, plan)]
    return [
        _explained(question, wanted, standing)
        for wanted in question.wanted
        if wanted.offering_id not in placed
    ]


def _as_taken(question: Question, plan: Sequence[Line]) -> list[Taken]:
    by_id = {wanted.offering_id: wanted for wanted in question.wanted}
    return [
        Taken(
            code=by_id[line.offering_id].code,
            title=by_id[line.offering_id].title,
            teacher_id=by_id[line.offering_id].teacher_id,
            grades=by_id[line.offering_id].grades,
            line=line,
        )
        for line in plan
    ]


def _explained(question: Question, wanted: Wanted, standing: Sequence[Taken]) -> Unplaced:
    blockers = tuple(_blockers(question, wanted, standing))
    said = "；".join(blocker.said for blocker in blockers)
    return Unplaced(
        offering_id=wanted.offering_id,
        code=wanted.code,
        title=wanted.title,
        blockers=blockers,
        sentence=f"{wanted.called} 没有排上：{said}。",
    )


def _blockers(question: Question, wanted: Wanted, standing: Sequence[Taken]) -> list[Blocker]:
    if not wanted.rooms:
        return [Blocker(why="no_room", said=f"可用的地点里没有能容纳 {wanted.size} 人的")]
    if not wanted.slots:
        return [Blocker(why="no_time", said="没有给它任何可用的时段")]
    against: dict[tuple[Why, tuple[str, ...], str], list[Slot]] = defaultdict(list)
    free: dict[tuple[UUID, time], int] = defaultdict(int)
    for slot in wanted.slots:
        rooms, others = _rooms_at(wanted, slot, standing)
        if reason := _teachers_reason(question, wanted, slot, standing):
            against[reason].append(slot)
        elif rooms:
            for room in rooms:
                free[room, slot.starts] += 1
        else:
            names = "、".join(sorted(question.rooms[room].name for room in wanted.rooms)[:3])
            said = _rooms_said(wanted, names, others)
            against["rooms_taken", tuple(one.code for one in others), said].append(slot)
    found = [
        Blocker(why=why, slots=tuple(slots), others=others, said=f"{_slots_text(slots)}{said}")
        for (why, others, said), slots in against.items()
    ]
    most = max(free.values(), default=0)
    if 0 < most < wanted.times_per_week:
        said = f"每周要 {wanted.times_per_week} 次，同一时间、同一地点只剩 {most} 天"
        found.append(Blocker(why="too_few_days", said=said))
    elif most:
        found.append(Blocker(why="not_tried", said="计算的时间用完了还没有排到它，可以再算一次或手工排入"))
    return found


def _teachers_reason(
    question: Question, wanted: Wanted, slot: Slot, standing: Sequence[Taken]
) -> tuple[Why, tuple[str, ...], str] | None:
    span = span_of(wanted, slot)
    if span is None:
        return "no_time", (), f"开始，{wanted.minutes} 分钟会排过零点"
    name = question.teachers.get(wanted.teacher_id, "") if wanted.teacher_id is not None else ""
    elsewhere = teacher_taken(
        question.model_copy(update={"taken": tuple(standing)}), wanted, slot.weekday, span
    )
    if elsewhere:
        named = "、".join(one.called for one in elsewhere)
        return "teacher_elsewhere", tuple(one.code for one in elsewhere), f"教师{name}已有 {named}"
    if teachers_away(question, wanted, slot.weekday, span):
        return "teacher_away", (), f"教师{name}没有空"
    return None


def _rooms_at(wanted: Wanted, slot: Slot, standing: Sequence[Taken]) -> tuple[list[UUID], list[Taken]]:
    """Return the rooms that are free at a slot, and what stands in the others."""
    span = span_of(wanted, slot)
    there = [
        one
        for one in standing
        if one.line.room_id in wanted.rooms and span is not None and covers(one.line, slot.weekday, span)
    ]
    used = {one.line.room_id for one in there}
    return [room for room in wanted.rooms if room not in used], there


def _rooms_said(wanted: Wanted, names: str, others: Sequence[Taken]) -> str:
    named = "、".join(one.called for one in others[:3]) + ("等" if len(others) > 3 else "")
    which = names if len(wanted.rooms) <= 3 else f"{names}等 {len(wanted.rooms)} 处"
    return f"可用的地点（{which}）已排给 {named}"


def _slots_text(slots: Sequence[Slot]) -> str:
    by_hour: dict[time, list[int]] = defaultdict(list)
    for slot in slots:
        by_hour[slot.starts].append(slot.weekday)
    return "、".join(f"{weekdays_text(days)} {hour:%H:%M} " for hour, days in by_hour.items())

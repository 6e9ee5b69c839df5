"""What is still open to an offering, once all that stays where it is was taken away. Pure."""

from dataclasses import dataclass
from datetime import time
from uuid import UUID

from services.enrollment.timetable.rules.question import (
    Away,
    Line,
    Question,
    Slot,
    Taken,
    Wanted,
    covers,
    end_of,
    meets,
)


@dataclass(frozen=True)
class Options:
    """Slots at which the teacher is free, and the (room, slot) pairs that are taken all the same."""

    slots: tuple[Slot, ...]
    barred: frozenset[tuple[UUID, Slot]]


def open_options(question: Question, wanted: Wanted) -> Options:
    """Return what the rest of the menu and the teachers' times leave to one offering."""
    slots = tuple(
        slot
        for slot in wanted.slots
        if (span := span_of(wanted, slot)) is not None
        and not teachers_away(question, wanted, slot.weekday, span)
        and not teacher_taken(question, wanted, slot.weekday, span)
    )
    barred = frozenset(
        (taken.line.room_id, slot)
        for taken in question.taken
        if taken.line.room_id is not None and taken.line.room_id in wanted.rooms
        for slot in slots
        if (span := span_of(wanted, slot)) is not None and covers(taken.line, slot.weekday, span)
    )
    return Options(slots, barred)


def span_of(wanted: Wanted, slot: Slot) -> tuple[time, time] | None:
    """From when to when it would be, or None past midnight."""
    ends = end_of(slot, wanted.minutes)
    return None if ends is None else (slot.starts, ends)


def teachers_away(question: Question, wanted: Wanted, weekday: int, span: tuple[time, time]) -> list[Away]:
    """The teacher's own times that stand against it."""
    return [
        away
        for away in question.away
        if away.teacher_id == wanted.teacher_id
        and away.weekday == weekday
        and meets((away.starts, away.ends), span)
    ]


def teacher_taken(question: Question, wanted: Wanted, weekday: int, span: tuple[time, time]) -> list[Taken]:
    """What else the teacher gives then, of what stays where it is."""
    return [
        taken
        for taken in question.taken
        if taken.teacher_id is not None
        and taken.teacher_id == wanted.teacher_id
        and covers(taken.line, weekday, span)
    ]


def line_for(wanted: Wanted, room_id: UUID, slots: tuple[Slot, ...]) -> Line:
    """Write a placement down; the slots share their hour."""
    ends = end_of(slots[0], wanted.minutes)
    if ends is None:
        raise ValueError("past midnight")
    return Line(
        offering_id=wanted.offering_id,
        room_id=room_id,
        weekdays=tuple(sorted(slot.weekday for slot in slots)),
        starts=slots[0].starts,
        ends=ends,
    )

"""A plan that is quickly found and seldom the best: what stands stays, the rest goes where there is room first. Pure.

The search for the best plan begins here, and ends here where its time is too short.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import time
from itertools import groupby
from uuid import UUID

from services.enrollment.timetable.rules.open_options import line_for, open_options, span_of
from services.enrollment.timetable.rules.question import Line, Question, Slot, Wanted, covers


def first_fit(question: Question) -> list[Line]:
    """Return a plan without a conflict, in which some offerings may be missing."""
    with_whom: dict[UUID, list[Line]] = defaultdict(list)
    found = []
    for wanted in sorted(question.wanted, key=lambda one: (-one.times_per_week, len(one.slots), one.code)):
        line = _first(question, wanted, with_whom)
        if line is not None:
            found.append(line)
            for held in (wanted.teacher_id, line.room_id):
                if held is not None:
                    with_whom[held].append(line)
    return found


def _first(question: Question, wanted: Wanted, with_whom: dict[UUID, list[Line]]) -> Line | None:
    options = open_options(question, wanted)
    theirs = with_whom[wanted.teacher_id] if wanted.teacher_id is not None else []
    free = [slot for slot in options.slots if _is_free(wanted, slot, theirs)]
    for slots in _by_hour(wanted, free):
        for room in sorted(
            wanted.rooms, key=lambda one: wanted.stands is None or one != wanted.stands.room_id
        ):
            there = [
                slot
                for slot in slots
                if (room, slot) not in options.barred and _is_free(wanted, slot, with_whom[room])
            ]
            if len(there) >= wanted.times_per_week:
                return line_for(wanted, room, tuple(there[: wanted.times_per_week]))
    return None


def _by_hour(wanted: Wanted, slots: Iterable[Slot]) -> list[list[Slot]]:
    """Gather slots of one hour: today's hour and today's weekdays come first."""

    def strange(slot: Slot) -> tuple[bool, time, bool, int]:
        stands = wanted.stands
        hour, day = (
            (slot.starts != stands.starts, slot.weekday not in stands.weekdays) if stands else (True, True)
        )
        return hour, slot.starts, day, slot.weekday

    in_order = sorted(slots, key=strange)
    return [list(some) for _, some in groupby(in_order, key=lambda slot: slot.starts)]


def _is_free(wanted: Wanted, slot: Slot, lines: Sequence[Line]) -> bool:
    span = span_of(wanted, slot)
    return span is not None and not any(covers(line, slot.weekday, span) for line in lines)

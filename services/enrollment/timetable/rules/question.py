"""What a proposed timetable is asked: what is to be placed, where it may go, and what stands already. Pure."""

from collections.abc import Iterable
from datetime import time
from uuid import UUID

from pydantic import BaseModel, ConfigDict

MIDNIGHT = 24 * 60


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Slot(_Part):
    """A weekday (1 is Monday) and an hour at which something may begin, school's wall clock."""

    weekday: int
    starts: time


class Line(_Part):
    """Where an offering is, or is to be: one room, one hour, some weekdays.

    Half-open: 17:30 ends one and starts the next.
    """

    offering_id: UUID
    room_id: UUID | None
    weekdays: tuple[int, ...]
    starts: time
    ends: time


class _Named(_Part):
    code: str
    title: str
    teacher_id: UUID | None
    grades: tuple[int, ...]

    @property
    def called(self) -> str:
        """How a sentence names it."""
        return f"{self.code}“{self.title}”"


class Wanted(_Named):
    """An offering to be placed ``times_per_week`` times, each ``minutes`` long, always at one hour in one room.

    ``rooms`` hold it already: those too small for ``size`` are not among them. ``stands`` is where it stands now.
    """

    offering_id: UUID
    size: int
    minutes: int
    times_per_week: int
    rooms: tuple[UUID, ...]
    slots: tuple[Slot, ...]
    stands: Line | None = None


class Taken(_Named):
    """An offering that stays where it is."""

    line: Line


class Away(_Part):
    """A time of the week at which a teacher cannot be asked."""

    teacher_id: UUID
    weekday: int
    starts: time
    ends: time


class RoomFacts(_Part):
    """A room by name, and how many it holds."""

    name: str
    capacity: int


class Question(_Part):
    """The whole question; ``rooms`` and ``teachers`` (names) are keyed by id."""

    wanted: tuple[Wanted, ...]
    taken: tuple[Taken, ...] = ()
    away: tuple[Away, ...] = ()
    rooms: dict[UUID, RoomFacts] = {}
    teachers: dict[UUID, str] = {}


def minute_of(moment: time) -> int:
    """Minutes since midnight."""
    return moment.hour * 60 + moment.minute


def end_of(slot: Slot, minutes: int) -> time | None:
    """When something that begins here is over; None where it would run past midnight."""
    end = minute_of(slot.starts) + minutes
    return time(end // 60, end % 60) if end < MIDNIGHT else None


def meets(one: tuple[time, time], other: tuple[time, time]) -> bool:
    """Whether two spans of a day share a minute."""
    return one[0] < other[1] and other[0] < one[1]


def covers(line: Line, weekday: int, span: tuple[time, time]) -> bool:
    """Whether a line takes any of this span on this weekday."""
    return weekday in line.weekdays and meets((line.starts, line.ends), span)


def product(weekdays: Iterable[int], starts: Iterable[time]) -> tuple[Slot, ...]:
    """Every weekday with every hour."""
    hours = sorted(set(starts))
    return tuple(Slot(weekday=day, starts=hour) for day in sorted(set(weekdays)) for hour in hours)

"""The timetable as a model for CP-SAT: what may be, what must not, what would be better. Builds, does not solve.

Every offering may stay unplaced, at a price above everything else together: a question without an answer still
gets the most that can be placed, and `blockers` says of the rest what stands in its way.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from uuid import UUID

from ortools.sat.python.cp_model import CpModel, IntVar, LinearExpr, LinearExprT

from services.enrollment.timetable.rules.first_fit import first_fit
from services.enrollment.timetable.rules.open_options import Options, line_for, open_options
from services.enrollment.timetable.rules.question import Line, Question, Slot, Wanted, minute_of

OTHER_TIME = 4
"""Per weekly meeting that is not at today's weekday and hour."""
OTHER_ROOM = 3
EMPTY_HOUR = 2
"""Per grade and slot, for each offering below an even share: no grade should have everything at one time."""


@dataclass
class Choice:
    """The variables of one offering."""

    wanted: Wanted
    options: Options
    placed: IntVar
    at: dict[Slot, IntVar]
    room: dict[UUID, IntVar]


@dataclass
class PlanModel:
    """The model, with its variables by offering."""

    cp: CpModel = field(default_factory=CpModel)
    choices: list[Choice] = field(default_factory=list)
    prices: list[LinearExprT] = field(default_factory=list)
    most: int = 0
    """What all prices but that of staying unplaced can come to at most."""

    def price(self, amount: int, variable: LinearExprT, times: int = 1) -> None:
        """Let ``variable`` (at most ``times``) cost ``amount`` each."""
        self.prices.append(amount * variable)
        self.most += amount * times

    def lines(self, is_true: Callable[[IntVar], bool]) -> list[Line]:
        """Read a solution."""
        found = []
        for choice in self.choices:
            slots = tuple(slot for slot, variable in choice.at.items() if is_true(variable))
            rooms = [room for room, variable in choice.room.items() if is_true(variable)]
            if slots and rooms:
                found.append(line_for(choice.wanted, rooms[0], slots))
        return found


def plan_model(question: Question) -> PlanModel:
    """Build the model of a question."""
    model = PlanModel()
    for wanted in question.wanted:
        _add_choice(model, wanted, open_options(question, wanted))
    _one_place_at_a_time(model)
    _begin_from(model, first_fit(question))
    _stay_where_it_is(model)
    _spread_by_grade(model, question)
    for choice in model.choices:
        model.prices.append((model.most + 1) * (1 - choice.placed))
    model.cp.minimize(LinearExpr.sum(model.prices))
    return model


def _add_choice(model: PlanModel, wanted: Wanted, options: Options) -> None:
    cp = model.cp
    placed = cp.new_bool_var("")
    at = {slot: cp.new_bool_var("") for slot in options.slots}
    room = {room: cp.new_bool_var("") for room in wanted.rooms}
    hour = {starts: cp.new_bool_var("") for starts in {slot.starts for slot in options.slots}}
    cp.add(LinearExpr.sum(list(at.values())) == wanted.times_per_week * placed)
    cp.add(LinearExpr.sum(list(hour.values())) == placed)
    cp.add(LinearExpr.sum(list(room.values())) == placed)
    for slot, variable in at.items():
        cp.add_implication(variable, hour[slot.starts])
    for barred, slot in options.barred:
        cp.add_bool_or(~at[slot], ~room[barred])
    model.choices.append(Choice(wanted, options, placed, at, room))


def _one_place_at_a_time(model: PlanModel) -> None:
    """No teacher and no room in two places: at most one of what covers the same stretch of a day."""
    pieces = _pieces(choice.wanted for choice in model.choices)
    rivals = Counter(room for choice in model.choices for room in choice.room)
    together: dict[tuple[UUID, int, int], list[IntVar]] = defaultdict(list)
    for choice in model.choices:
        for slot, at in choice.at.items():
            stretch = _stretch(pieces[slot.weekday], slot, choice.wanted.minutes)
            here = {room: var for room, var in choice.room.items() if rivals[room] > 1}
            there = _in_rooms(model.cp, choice, slot, here)
            if choice.wanted.teacher_id is not None:
                there[choice.wanted.teacher_id] = at
            for (whom, variable), piece in product(there.items(), stretch):
                together[whom, slot.weekday, piece].append(variable)
    for some in together.values():
        if len(some) > 1:
            model.cp.add_at_most_one(some)


def _in_rooms(cp: CpModel, choice: Choice, slot: Slot, rooms: Mapping[UUID, IntVar]) -> dict[UUID, IntVar]:
    """Return, by room, a variable that is true when the offering is there at this slot."""
    there = {}
    for room, chosen in rooms.items():
        if (room, slot) not in choice.options.barred:
            there[room] = cp.new_bool_var("")
            cp.add_bool_or(~choice.at[slot], ~chosen, there[room])
    return there


def _pieces(wanted: Iterable[Wanted]) -> dict[int, list[int]]:
    """Cut each weekday wherever anything could begin or end; two spans overlap if they share a piece."""
    cuts: dict[int, set[int]] = defaultdict(set)
    for one in wanted:
        for slot in one.slots:
            start = minute_of(slot.starts)
            cuts[slot.weekday] |= {start, start + one.minutes}
    return {weekday: sorted(points) for weekday, points in cuts.items()}


def _stretch(cuts: list[int], slot: Slot, minutes: int) -> list[int]:
    start = minute_of(slot.starts)
    return [cut for cut in cuts if start <= cut < start + minutes]


def _begin_from(model: PlanModel, plan: list[Line]) -> None:
    """Give the search a whole plan to better."""
    lines = {line.offering_id: line for line in plan}
    for choice in model.choices:
        line = lines.get(choice.wanted.offering_id)
        model.cp.add_hint(choice.placed, line is not None)
        for slot, at in choice.at.items():
            model.cp.add_hint(
                at, line is not None and slot.weekday in line.weekdays and slot.starts == line.starts
            )
        for room, chosen in choice.room.items():
            model.cp.add_hint(chosen, line is not None and room == line.room_id)


def _stay_where_it_is(model: PlanModel) -> None:
    """Prefer the least change."""
    for choice in model.choices:
        today = choice.wanted.stands
        if today is None:
            continue
        for slot, at in choice.at.items():
            same = slot.weekday in today.weekdays and slot.starts == today.starts
            if not same:
                model.price(OTHER_TIME, at)
        if today.room_id in choice.room:
            for one, chosen in choice.room.items():
                if one != today.room_id:
                    model.price(OTHER_ROOM, chosen)


def _spread_by_grade(model: PlanModel, question: Question) -> None:
    """Prefer that each slot holds an even share of what a grade can choose from."""
    there: dict[tuple[int, Slot], list[IntVar]] = defaultdict(list)
    even: dict[tuple[int, Slot], Fraction] = defaultdict(Fraction)
    for choice in model.choices:
        for slot, at in choice.at.items():
            for grade in choice.wanted.grades:
                there[grade, slot].append(at)
                even[grade, slot] += Fraction(choice.wanted.times_per_week, len(choice.at))
    for (grade, slot), meetings in there.items():
        short = int(even[grade, slot]) - _standing(question, grade, slot)
        if short > 0:
            missing = model.cp.new_int_var(0, short, "")
            model.cp.add(LinearExpr.sum([missing, *meetings]) >= short)
            model.price(EMPTY_HOUR, missing, short)


def _standing(question: Question, grade: int, slot: Slot) -> int:
    """How many offerings for a grade begin here and stay."""
    return sum(
        1
        for taken in question.taken
        if grade in taken.grades and slot.weekday in taken.line.weekdays and slot.starts == taken.line.starts
    )

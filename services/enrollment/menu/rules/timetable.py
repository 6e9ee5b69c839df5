"""R18, 三（四）: no teacher and no room in two places at once. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from services.enrollment.menu.rules.objection import Objection
from services.enrollment.menu.rules.proposal import Proposal


def timetable(menu: Sequence[Proposal]) -> Iterator[Objection]:
    """Name every pair that wants the same teacher or the same room at the same time, both sides.

    The finding stands at the later of the two: its row, or its code, comes first.
    """
    yield from _clashes(menu, lambda p: p.teacher, "teacher_in_two_places", "教师")
    yield from _clashes(menu, lambda p: p.room, "room_taken_twice", "地点")


def _clashes(
    menu: Sequence[Proposal], key: Callable[[Proposal], str | None], code: str, label: str
) -> Iterator[Objection]:
    by_key: dict[str, list[Proposal]] = defaultdict(list)
    for proposal in menu:
        if (value := key(proposal)) is not None:
            by_key[value].append(proposal)
    for value, some in by_key.items():
        for earlier, later in combinations(some, 2):
            if later.meets(earlier):
                yield Objection(
                    rule="R18",
                    clause="三（四）",
                    code=code,
                    force="must",
                    sentence=f"{later.called} 与 {earlier.called} 时间重叠，{label}“{value}”不能同时在两处。",
                    offerings=(later.code, earlier.code),
                    rows=tuple(p.row for p in (later, earlier) if p.row is not None),
                )

"""Which group of basic care does a child go to, and what is a further group called? Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.enrollment.words import grade_label


@dataclass
class Group:
    """A group of one slot and grade; ``taken`` counts children by weekday."""

    offering_id: UUID
    code: str
    title: str
    room: str | None
    capacity: int
    taken: dict[int, int] = field(default_factory=dict)

    def has_room(self, weekdays: Collection[int]) -> bool:
        """Whether one more child fits on each of these weekdays."""
        return all(self.taken.get(day, 0) < self.capacity for day in weekdays)

    def take(self, weekdays: Collection[int]) -> None:
        """Count one more child."""
        for day in weekdays:
            self.taken[day] = self.taken.get(day, 0) + 1


def choose_group(
    groups: Sequence[Group], weekdays: Collection[int], *, grade: int, class_name: str
) -> Group | None:
    """Return the group for a child of this class; None when all are full.

    The own classroom first; else classes are spread over the groups in their order, so that classmates stay
    together; else the first with room.
    """
    ranked = _in_order(groups, grade, class_name)
    return next((group for group in ranked if group.has_room(weekdays)), None)


def next_title(titles: Sequence[str]) -> str:
    """Return the title of a further group: ``基本托管（一年级4组）`` after 1组 to 3组; else ``…（加开2）``."""
    numbered = [re.fullmatch(r"(.*?)(\d+)组(.*)", title) for title in titles]
    found = [match for match in numbered if match is not None]
    if found:
        last = max(found, key=lambda match: int(match[2]))
        return f"{last[1]}{int(last[2]) + 1}组{last[3]}"
    plain = re.sub(r"（加开\d+）$", "", titles[0])
    opened = [int(match[1]) for title in titles if (match := re.search(r"（加开(\d+)）$", title)) is not None]
    return f"{plain}（加开{max(opened, default=0) + 1}）"


def next_code(code: str, taken: Collection[str] | Mapping[str, object]) -> str:
    """Return a free code beside ``code``: ``K037-2``, then ``K037-3``."""
    base = code.split("-", 1)[0]
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


def _in_order(groups: Sequence[Group], grade: int, class_name: str) -> list[Group]:
    groups = sorted(groups, key=lambda group: group.code)
    classroom = f"{grade_label(grade)}{class_name}"
    own = [group for group in groups if group.room is not None and group.room.startswith(classroom)]
    digits = re.sub(r"\D", "", class_name)
    turn = (int(digits) - 1) % len(groups) if digits and groups else 0
    rotated = [*groups[turn:], *groups[:turn]]
    return [*own, *(group for group in rotated if group not in own)]

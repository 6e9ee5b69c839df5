"""What stands against a child's place in an offering, apart from its being full? Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from services.enrollment.selection.errors import ChildBusy, NotForThisGrade, PlaceHeld
from services.enrollment.words import grade_label
from services.kernel.problems import Refusal


@dataclass(frozen=True)
class Wish:
    """The offering that is wanted."""

    offering_id: UUID
    title: str
    weekdays: tuple[int, ...]
    starts: time
    ends: time
    grades: tuple[int, ...]


@dataclass(frozen=True)
class Held:
    """A place, outside basic care, that the child holds."""

    place_id: UUID
    offering_id: UUID
    title: str
    weekdays: tuple[int, ...]
    starts: time
    ends: time

    def meets(self, wish: Wish) -> bool:
        """Whether both happen at the same time on some weekday; 17:30 ends one and starts the next."""
        return (
            bool(set(self.weekdays) & set(wish.weekdays))
            and self.starts < wish.ends
            and wish.starts < self.ends
        )


def claim_objection(wish: Wish, grade: int, held: Sequence[Held]) -> Refusal | None:
    """Return the first objection: wrong grade, held already, another club at that time."""
    if grade not in wish.grades:
        return NotForThisGrade(offering=wish.title, offering_id=wish.offering_id, grade=grade_label(grade))
    for place in held:
        if place.offering_id == wish.offering_id:
            return PlaceHeld(offering=wish.title, offering_id=wish.offering_id, place_id=place.place_id)
    for place in held:
        if place.meets(wish):
            return ChildBusy(
                offering=wish.title,
                offering_id=wish.offering_id,
                other=place.title,
                other_id=place.offering_id,
            )
    return None

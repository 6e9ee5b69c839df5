"""What stands against a further club for a child, apart from whom it is for and whether it is full? Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any
from uuid import UUID

from services.enrollment.selection.errors import ChildBusy, MostClubsHeld, PlaceHeld
from services.kernel.problems import Refusal


@dataclass(frozen=True, slots=True)
class Wanted:
    """An offering that is wanted, and the last day on which it takes place."""

    offering_id: UUID
    title: str
    weekdays: tuple[int, ...]
    starts: time
    ends: time
    last_on: date

    @property
    def named(self) -> dict[str, Any]:
        """What every refusal about it says: ``offering`` (title), ``offering_id``."""
        return {"offering": self.title, "offering_id": self.offering_id}


@dataclass(frozen=True, slots=True)
class Held:
    """A club that the child has from ``from_on`` to before ``until_on``, which is never after its term."""

    place_id: UUID
    offering_id: UUID
    title: str
    weekdays: tuple[int, ...]
    starts: time
    ends: time
    from_on: date
    until_on: date

    def meets(self, wanted: Wanted) -> bool:
        """Whether both happen at the same time on some weekday; 17:30 ends one and starts the next."""
        return (
            self.starts < wanted.ends
            and wanted.starts < self.ends
            and not set(self.weekdays).isdisjoint(wanted.weekdays)
        )


def claim_objection(
    wanted: Wanted, held: Iterable[Held], *, since: date, most_clubs: int | None
) -> Refusal | None:
    """Return the first objection to holding ``wanted`` from ``since`` on: held already, another club then, too many.

    ``most_clubs`` counts those that the child has in the same weeks; None: no limit.
    """
    beside = [one for one in held if one.until_on > since and one.from_on <= wanted.last_on]
    for one in beside:
        if one.offering_id == wanted.offering_id:
            return PlaceHeld(**wanted.named, place_id=one.place_id)
    for one in beside:
        if one.meets(wanted):
            return ChildBusy(**wanted.named, other=one.title, other_id=one.offering_id)
    if most_clubs is not None and len({one.offering_id for one in beside}) >= most_clubs:
        return MostClubsHeld(**wanted.named, most=most_clubs)
    return None


def kept_ahead(held: Iterable[Held], *, today: date, first_on: date) -> list[Held]:
    """Return clubs as a further one of the term from ``first_on`` on meets them: what has not begun lasts.

    A place that begins later is nobody else's from now on. Who gives one up for a day after its first could hold
    the next from there, and so a row of places of which it needs one.
    """
    return [
        replace(one, until_on=date.max) if one.from_on > today and one.until_on > first_on else one
        for one in held
    ]

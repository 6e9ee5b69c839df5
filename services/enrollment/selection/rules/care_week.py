"""Which basic-care hours does a child need, day by day, given its clubs? Pure.

A club takes precedence: an hour that a club covers wholly is not care on that weekday. An hour covered in part
stays: the child moves between rooms inside it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, order=True)
class Slot:
    """An hour of basic care, and the weekdays on which the school offers it."""

    starts: time
    ends: time
    weekdays: tuple[int, ...]


@dataclass(frozen=True)
class ClubTime:
    """When a club keeps the child, from ``from_on`` to before ``until_on``."""

    weekdays: tuple[int, ...]
    starts: time
    ends: time
    from_on: date
    until_on: date | None

    def keeps(self, slot: Slot, weekday: int, on: date) -> bool:
        """Whether it covers the whole slot on that weekday, as of ``on``."""
        return (
            weekday in self.weekdays
            and self.starts <= slot.starts
            and self.ends >= slot.ends
            and self.from_on <= on
            and (self.until_on is None or on < self.until_on)
        )


@dataclass(frozen=True)
class Span:
    """Care on these weekdays from a day to before another (None: open)."""

    weekdays: tuple[int, ...]
    from_on: date
    until_on: date | None


def care_spans(
    wish: tuple[Sequence[int], time], slots: Iterable[Slot], clubs: Sequence[ClubTime], *, since: date
) -> dict[Slot, list[Span]]:
    """Return for every slot what is needed from ``since`` on; ``wish`` is (weekdays, until).

    The time-line is cut where a club begins or ends; neighbouring stretches with the same weekdays are one span;
    stretches without any weekday are left out.
    """
    weekdays, until = wish
    cuts = {since}
    for club in clubs:
        cuts.update(day for day in (club.from_on, club.until_on) if day is not None and day > since)
    edges = sorted(cuts)
    needed: dict[Slot, list[Span]] = {}
    for slot in slots:
        spans: list[Span] = []
        for begin, end in zip(edges, [*edges[1:], None], strict=True):
            days = tuple(
                day
                for day in slot.weekdays
                if day in weekdays
                and slot.ends <= until
                and not any(c.keeps(slot, day, begin) for c in clubs)
            )
            if spans and spans[-1].weekdays == days:
                spans[-1] = Span(days, spans[-1].from_on, end)
            else:
                spans.append(Span(days, begin, end))
        needed[slot] = [span for span in spans if span.weekdays]
    return needed

"""An offering as the rules see it, from a sheet or from the database."""

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True)
class Proposal:
    """What would stand on the menu. ``row`` is the sheet's; ``teacher`` and ``room`` are as people name them.

    Times are the school's wall clock, half-open; weekdays 1 (Monday) to 7. ``partner`` is who from outside carries
    it, ``room_holds`` how many children its room takes. Of a sheet without these columns, aims, materials,
    ``by_invitation`` and ``by_round`` are None: nothing is said of them.
    """

    code: str
    title: str
    kind: str
    nature: str
    weekdays: tuple[int, ...]
    starts: time
    ends: time
    grades: tuple[int, ...]
    teacher: str | None = None
    room: str | None = None
    subject: str | None = None
    capacity: int = 1
    minimum_size: int = 1
    content: str = ""
    assessment_no: str | None = None
    fee_fen: int = 0
    aims: str | None = None
    materials: str | None = None
    classes: tuple[str, ...] | None = None
    by_invitation: bool | None = None
    by_round: bool | None = None
    partner: str | None = None
    room_holds: int | None = None
    row: int | None = None

    @property
    def called(self) -> str:
        """How a sentence names it: its row where there is a sheet, else its code."""
        place = f"第{self.row}行 " if self.row is not None else ""
        return f"{place}{self.code}“{self.title}”"

    @property
    def minutes_a_week(self) -> int:
        """How long it takes place in a week."""
        length = (self.ends.hour - self.starts.hour) * 60 + self.ends.minute - self.starts.minute
        return length * len(self.weekdays)

    def meets(self, other: "Proposal") -> bool:
        """Whether both take place at the same time on some weekday; 17:30 ends one and starts the next."""
        return (
            bool(set(self.weekdays) & set(other.weekdays))
            and self.starts < other.ends
            and other.starts < self.ends
        )

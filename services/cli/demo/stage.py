"""What all acts of the play share."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

from services.cli.demo.cast import Cast, Child
from services.cli.demo.family_phone import FamilyPhone
from services.cli.demo.pace import Pace
from services.cli.demo.show import Show
from services.cli.demo.staff_phone import StaffPhone
from services.cli.demo.wechat_phone import Lines
from services.enrollment.draw.rules.papers import Announcement


@dataclass
class Meant:
    """What the players did on purpose: the tally compares it with what the platform recorded. Sets of child ids."""

    expected: set[str] = field(default_factory=set)
    received: set[str] = field(default_factory=set)
    walked: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    released: set[str] = field(default_factory=set)
    alone: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    paused: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    """Slugs of the refusals at the door."""
    refused_passes: int = 0
    places: int = 0
    full: int = 0
    """How often somebody met a full club."""
    waiting: int = 0


@dataclass
class Stage:
    """The school, its phones, and the clock."""

    cast: Cast
    pace: Pace
    lines: Lines
    show: Show
    chance: Random
    school_id: str = ""
    officer: StaffPhone = field(init=False)
    principal: StaffPhone = field(init=False)
    leaders: list[StaffPhone] = field(default_factory=list)
    staff: dict[str, StaffPhone] = field(default_factory=dict)
    """By staff number."""
    families: list[FamilyPhone] = field(default_factory=list)
    children: dict[str, Child] = field(default_factory=dict)
    """By the platform's id."""
    holder: dict[str, StaffPhone] = field(default_factory=dict)
    """Who scanned the child last: where its family goes to collect it."""
    first_room: dict[str, StaffPhone] = field(default_factory=dict)
    """Whose phone expects the child at 16:30."""
    codes_in_hand: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Passes that were made long before somebody comes, by child."""
    cards: dict[str, str] = field(default_factory=dict)
    """What is printed on each child's card, by child."""
    offering_ids: dict[str, str] = field(default_factory=dict)
    """By the menu's code."""
    drawn_round: dict[str, Any] = field(default_factory=dict)
    """The preference round, as it was announced."""
    promised: Announcement = field(init=False)
    """What was published of the draw before anybody had wished."""
    drawn: dict[str, Any] = field(default_factory=dict)
    """The draw's summary."""
    won: dict[str, tuple[FamilyPhone, str]] = field(default_factory=dict)
    """The last family that came in time for a club, and its place, by the club's code."""
    waiting: list[tuple[FamilyPhone, str]] = field(default_factory=list)
    """Families on waiting lists, and for which club, first come first."""
    imported: Counter[str] = field(default_factory=Counter)
    scans: Counter[str] = field(default_factory=Counter)
    """Results of scans by outcome, as the phones were told."""
    killed: Counter[str] = field(default_factory=Counter)
    meant: Meant = field(default_factory=Meant)

    @property
    def service_on(self) -> str:
        """The day as it is written on the wire."""
        return self.pace.day.isoformat()

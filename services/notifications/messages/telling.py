"""One thing to tell: which kind, about which child or school, to whom."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.contracts.wire import Fact


@dataclass(frozen=True)
class Telling:
    """One thing to tell about one child, or about a whole school (no ``child_id``).

    Without ``recipients`` it goes to all guardians who are told: the child's, or once each the school's.
    """

    fact: Fact
    kind: str
    school_id: UUID
    child_id: UUID | None
    cause_id: UUID
    service_on: date
    recipients: tuple[UUID, ...] | None = None
    step_no: int = 0
    urgent: bool = False
    true_until: datetime | None = None
    """When it stops being true (domain clock), where that does not follow from its kind."""
    room_id: UUID | None = None
    adult_id: UUID | None = None
    collector_id: UUID | None = None
    offerings: tuple[UUID, ...] = ()
    """By name in the words; one that is not known here yet has the telling wait for the roster."""
    more: dict[str, Any] = field(default_factory=dict)
    """Further facts for the words: manner, reason, minutes."""

    @property
    def at(self) -> datetime:
        """When it happened (domain clock)."""
        return self.fact.at

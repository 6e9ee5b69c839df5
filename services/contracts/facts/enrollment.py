"""What enrollment tells."""

from datetime import timedelta
from typing import ClassVar, Literal
from uuid import UUID

from services.contracts.wire import Fact


class RosterChanged(Fact):
    """Something of a school's roster changed; its readers pull ``/internal/roster?since=`` up to ``version``."""

    READERS: ClassVar[tuple[str, ...]] = ("attendance", "notifications")
    PATIENCE: ClassVar[timedelta] = timedelta(seconds=0.3)
    kind: Literal["enrollment.roster-changed.v1"] = "enrollment.roster-changed.v1"
    school_id: UUID
    version: int

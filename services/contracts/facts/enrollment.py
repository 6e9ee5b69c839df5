"""What enrollment tells."""

from typing import ClassVar, Literal
from uuid import UUID

from services.contracts.wire import Fact


class RosterChanged(Fact):
    """Something of a school's roster changed; its readers pull ``/internal/roster?since=`` up to ``version``."""

    READERS: ClassVar[tuple[str, ...]] = ("attendance", "notifications")
    kind: Literal["enrollment.roster-changed.v1"] = "enrollment.roster-changed.v1"
    school_id: UUID
    version: int

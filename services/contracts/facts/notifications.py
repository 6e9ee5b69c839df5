"""What notifications tells: what became of a message."""

from typing import ClassVar, Literal
from uuid import UUID

from services.contracts.wire import Fact


class MessageSettled(Fact):
    """A safety message reached its recipient, or every channel failed.

    ``cause_id`` is the id of what it was about (an entry, a case): attendance's ladder hears it (decision 10).
    ``step_no`` is the ladder's step, where the cause was one.
    """

    READERS: ClassVar[tuple[str, ...]] = ("attendance",)
    kind: Literal["notifications.message-settled.v1"] = "notifications.message-settled.v1"
    school_id: UUID
    message_id: UUID
    cause_id: UUID
    recipient_id: UUID
    outcome: Literal["delivered", "failed"]
    channel: str | None
    step_no: int | None = None

"""What one step of a delivery needs, and what may come of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.notifications.channels.one_at_a_time import OneAtATime
from services.notifications.delivery.rules.channel_plan import Tried
from services.notifications.delivery.rules.outcomes import Channel, Sent

Key = tuple[UUID, UUID]
"""School and message."""


@dataclass(frozen=True)
class Opened:
    """A try stands in the table as ``sending``: once that is committed, send. A WeChat user's turn is taken."""

    attempt_id: UUID
    channel: Channel
    kind: str
    facts: Mapping[str, Any] = field(repr=False)
    openid: str = field(repr=False)
    account_id: UUID | None
    """Whose credit a card uses."""
    phone_sealed: bytes = field(repr=False)


@dataclass(frozen=True)
class Errand:
    """A message to be taken one step further, with what became of the try before."""

    school_id: UUID
    message_id: UUID
    last: tuple[Opened, Sent] | None = None

    @property
    def key(self) -> Key:
        """The message's key."""
        return self.school_id, self.message_id


@dataclass(frozen=True)
class Wait:
    """Come again after this much real time."""

    length: timedelta


@dataclass(frozen=True)
class UserTaken:
    """Another message is on its way to this WeChat user: wait for it to end."""

    openid: str = field(repr=False)


Step = Opened | Wait | UserTaken | None
"""Nothing: the message is settled."""


@dataclass(frozen=True)
class Round:
    """One look at a batch of messages: the clocks, and what is set up in this process."""

    now: datetime
    """Domain clock: what is too late to be true."""
    real: datetime
    """Real clock: tries and waits."""
    channels: frozenset[Channel]
    """Those that can be sent by here."""
    template_ids: Mapping[str, str]
    """Kind -> WeChat template."""
    turns: OneAtATime
    held: list[str] = field(default_factory=list, repr=False)
    """WeChat users whose turn this round took: given back if it fails, else by whoever sends."""


@dataclass(frozen=True)
class Case:
    """A message as it stands, its row locked."""

    message: Any
    """The row of `read_cases`."""
    tried: Sequence[Tried]
    """Oldest first; what was cut off counts as doubtful."""
    cut_off: Sequence[UUID] = ()
    """Attempts to be noted as doubtful."""
    busy_for: timedelta | None = None
    """Another worker may be sending this very message; so long it is left alone."""
    postponed: Channel | None = None
    """The channel that has just asked us to come again later."""

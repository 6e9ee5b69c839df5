"""What one step of a delivery needs, and what may come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.notifications.channels.one_at_a_time import OneAtATime
from services.notifications.delivery.rules.outcomes import Channel


@dataclass(frozen=True)
class Round:
    """One look at one message: the clocks, and what is set up in this process."""

    school_id: UUID
    message_id: UUID
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
    """WeChat users whose turn this round took; whoever began the round gives them back."""

    @property
    def key(self) -> dict[str, UUID]:
        """The message's key, as parameters."""
        return {"school_id": self.school_id, "message_id": self.message_id}


@dataclass(frozen=True)
class Opened:
    """A try stands in the table as ``sending``: once that is committed, send."""

    attempt_id: UUID
    channel: Channel
    kind: str
    facts: Mapping[str, Any] = field(repr=False)
    openid: str = field(repr=False)
    phone_sealed: bytes = field(repr=False)


@dataclass(frozen=True)
class Wait:
    """Come again after this much real time."""

    length: timedelta


@dataclass(frozen=True)
class UserTaken:
    """Another message is on its way to this WeChat user: wait for it to end."""

    openid: str = field(repr=False)

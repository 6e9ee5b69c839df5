"""What a channel is given, and what it gives back."""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from services.notifications.delivery.rules.outcomes import Sent
from services.notifications.messages.words import Words


@dataclass(frozen=True)
class Outward:
    """One message on its way to one address. The address is an openid or a phone and stays out of every log."""

    message_id: UUID
    attempt_id: UUID
    kind: str
    words: Words
    address: str = field(repr=False)


class Sender(Protocol):
    """A channel to a provider."""

    async def send(self, outward: Outward) -> Sent:
        """Send once. Never raises for what a provider does: each fault has its outcome."""
        ...

"""The words for channels and for what became of a try."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Channel(StrEnum):
    """A way to a person."""

    WECHAT = "wechat"
    SMS = "sms"
    INAPP = "inapp"
    """The feed of the app: it always works, and calls nobody."""


class Outcome(StrEnum):
    """What became of one attempt."""

    SENDING = "sending"
    """Begun; nobody knows yet."""
    ACCEPTED = "accepted"
    """The provider took it."""
    REFUSED = "refused"
    """This recipient cannot be reached this way: not subscribed, not a number."""
    FAILED = "failed"
    """The provider refuses us, whoever the recipient is: a person must act."""
    POSTPONED = "postponed"
    """A passing fault and nothing was sent: the same way again, a little later."""
    DOUBTFUL = "doubtful"
    """It left and no answer came: the recipient may have it."""
    SKIPPED = "skipped"
    """Nothing was sent, for a reason of ours: no openid, no credit, no phone."""


class Ending(StrEnum):
    """What became of a message."""

    DELIVERED = "delivered"
    FAILED = "failed"
    DOUBTFUL = "doubtful"
    WITHHELD = "withheld"
    """Too late to be true, or overtaken: not sent on purpose."""


@dataclass(frozen=True)
class Sent:
    """What a channel made of one message."""

    outcome: Outcome
    code: str = ""
    provider_id: str = ""
    credit: Literal["spent", "back", "none_left"] = "spent"
    """What it means for the count of WeChat sends: used, not used after all, or known to be nothing."""

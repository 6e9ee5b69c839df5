"""Every kind of message: what it says, how much it matters, and how long it stays true."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.notifications.messages import wording
from services.notifications.messages.wording import Words


@dataclass(frozen=True)
class MessageKind:
    """One kind. ``safety`` kinds cost SMS and cannot be switched off (decision 10)."""

    word: str
    say: Callable[[dict[str, Any]], Words]
    safety: bool
    stays_true: timedelta | None
    """After this much of domain time it is withheld, not sent; nothing: it is always worth sending."""
    announced: bool = False
    """Whether attendance hears what became of it: its ladder climbs on failure."""


_KINDS = (
    MessageKind("received", wording.say_received, safety=False, stays_true=timedelta(hours=2)),
    MessageKind("moved", wording.say_moved, safety=False, stays_true=timedelta(hours=1)),
    MessageKind("released", wording.say_released, safety=False, stays_true=timedelta(hours=6)),
    MessageKind("missing", wording.say_missing, safety=True, stays_true=timedelta(hours=4), announced=True),
    MessageKind("missing_cleared", wording.say_missing_cleared, safety=True, stays_true=timedelta(hours=12)),
    MessageKind("late", wording.say_late, safety=True, stays_true=timedelta(hours=4), announced=True),
    MessageKind(
        "late_staff", wording.say_late_staff, safety=True, stays_true=timedelta(hours=4), announced=True
    ),
    MessageKind("release_refused", wording.say_release_refused, safety=True, stays_true=timedelta(hours=12)),
    MessageKind(
        "release_refused_staff",
        wording.say_release_refused_staff,
        safety=True,
        stays_true=timedelta(hours=12),
    ),
)

KINDS: Mapping[str, MessageKind] = {kind.word: kind for kind in _KINDS}
"""By word. Adding a kind means: a line here, its sentences, and a template in the providers file."""

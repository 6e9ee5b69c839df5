"""Every kind of message: what it says, how much it matters, and how long it stays true."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.notifications.messages import say_attendance as attendance
from services.notifications.messages import say_enrollment as enrollment
from services.notifications.messages.words import Words

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class MessageKind:
    """One kind. ``safety`` kinds cost SMS and cannot be switched off (decision 10)."""

    word: str
    say: Callable[[dict[str, Any]], Words]
    safety: bool
    stays_true: timedelta | None
    """After this much of domain time it is withheld, not sent; nothing: as the telling says, or always."""
    announced: bool = False
    """Whether attendance hears what became of it: its ladder climbs on failure."""
    feed_only: bool = False
    """What the family did itself stands in the app's feed and calls nobody."""


_KINDS = (
    MessageKind("received", attendance.say_received, safety=False, stays_true=2 * HOUR),
    MessageKind("moved", attendance.say_moved, safety=False, stays_true=HOUR),
    MessageKind("released", attendance.say_released, safety=False, stays_true=6 * HOUR),
    MessageKind("missing", attendance.say_missing, safety=True, stays_true=4 * HOUR, announced=True),
    MessageKind("missing_cleared", attendance.say_missing_cleared, safety=True, stays_true=12 * HOUR),
    MessageKind("late", attendance.say_late, safety=True, stays_true=4 * HOUR, announced=True),
    MessageKind("late_staff", attendance.say_late_staff, safety=True, stays_true=4 * HOUR, announced=True),
    MessageKind("release_refused", attendance.say_release_refused, safety=True, stays_true=12 * HOUR),
    MessageKind(
        "release_refused_staff", attendance.say_release_refused_staff, safety=True, stays_true=12 * HOUR
    ),
    MessageKind("round_announced", enrollment.say_round_announced, safety=False, stays_true=None),
    MessageKind("round_cancelled", enrollment.say_round_cancelled, safety=False, stays_true=7 * DAY),
    MessageKind("results_out", enrollment.say_results_out, safety=False, stays_true=7 * DAY),
    MessageKind("place_given", enrollment.say_place_given, safety=False, stays_true=7 * DAY),
    MessageKind("place_claimed", enrollment.say_place_claimed, safety=False, stays_true=None, feed_only=True),
    MessageKind("place_lost", enrollment.say_place_lost, safety=False, stays_true=7 * DAY),
    MessageKind(
        "place_given_up", enrollment.say_place_given_up, safety=False, stays_true=None, feed_only=True
    ),
    MessageKind("club_moved", enrollment.say_club_moved, safety=False, stays_true=7 * DAY),
    MessageKind("place_offered", enrollment.say_place_offered, safety=False, stays_true=None),
    MessageKind("offer_lapsed", enrollment.say_offer_lapsed, safety=False, stays_true=2 * DAY),
    # A family that does not know sends its child to a locked door, or does not fetch it: worth an SMS.
    MessageKind("day_closed", enrollment.say_day_closed, safety=True, stays_true=None),
    MessageKind("day_changed", enrollment.say_day_changed, safety=True, stays_true=None),
    MessageKind("care_group_opened", enrollment.say_care_group_opened, safety=False, stays_true=2 * DAY),
    MessageKind("agreement_due", enrollment.say_agreement_due, safety=False, stays_true=3 * DAY),
    MessageKind("collector_changed", enrollment.say_collector_changed, safety=False, stays_true=DAY),
    MessageKind("menu_published", enrollment.say_menu_published, safety=False, stays_true=7 * DAY),
    MessageKind("request_carried_out", enrollment.say_request_carried_out, safety=False, stays_true=7 * DAY),
)

KINDS: Mapping[str, MessageKind] = {kind.word: kind for kind in _KINDS}
"""By word. A new kind is a line here, its sentences and, if it leaves the app, a template in the providers file."""

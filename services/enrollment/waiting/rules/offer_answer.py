"""Can an offer be answered now? Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.enrollment.waiting.errors import EntryOver, NotOfferedYet, OfferOver, OfferTaken
from services.enrollment.words import moment_text
from services.kernel.problems import Refusal


def answer_objection(entry: Mapping[str, Any], title: str, *, at: datetime) -> Refusal | None:
    """Return why this entry's offer cannot be taken or declined at an instant; half-open: not at ``expires_at``."""
    state, until = entry["state"], entry["expires_at"]
    if state == "taken":
        return OfferTaken(offering=title, place_id=entry["place_id"])
    if state == "waiting":
        return NotOfferedYet(offering=title)
    if state == "expired" or (state == "offered" and at >= until):
        return OfferOver(offering=title, expires_at=until.isoformat(), until=moment_text(until))
    return None if state == "offered" else EntryOver(offering=title)

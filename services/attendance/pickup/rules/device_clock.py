"""Can this have happened when the phone says it did?"""

from datetime import date, datetime, timedelta

from services.kernel.clock import school_day

AHEAD = timedelta(minutes=5)
"""How far a phone's clock may be ahead of ours."""


def is_astray(occurred_at: datetime, now: datetime, service_on: date) -> bool:
    """Tell whether a phone's instant lies in the future, or on another school day."""
    return occurred_at > now + AHEAD or school_day(occurred_at) != service_on

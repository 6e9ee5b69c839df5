"""An instant as a phone tells it: its clock may be wrong, but not so wrong that it cannot be reckoned with."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def within_reach(told: datetime) -> datetime:
    """Return an instant between `EARLIEST` and `LATEST`.

    At the ends of the calendar a change of zone overflows. What is clamped is astray as before: one such scan is
    refused as every other on a wrong day, and the rest of its batch is taken.
    """
    return min(max(told, EARLIEST), LATEST)


DeviceInstant = Annotated[AwareDatetime, AfterValidator(within_reach)]

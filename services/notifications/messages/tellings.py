"""Which facts are told to somebody, and how each becomes something to tell."""

from services.contracts.wire import Fact
from services.notifications.messages.telling import Telling
from services.notifications.messages.tellings_of_attendance import ATTENDANCE
from services.notifications.messages.tellings_of_enrollment import ENROLLMENT

TELLINGS = {**ATTENDANCE, **ENROLLMENT}


def tellings_of(fact: Fact) -> list[Telling]:
    """Return what a fact gives to tell; nothing, where the family knows it or hears it otherwise."""
    told: list[Telling] = TELLINGS[type(fact)](fact)
    return told

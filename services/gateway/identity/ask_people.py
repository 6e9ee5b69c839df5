"""Ask enrollment for whom an account may act, so that a right that has ended ends here too."""

from datetime import datetime, timedelta

from services.clients.enrollment import EnrollmentClient
from services.contracts.facts.gateway import BoundPerson
from services.contracts.internal.enrollment import PeopleFound
from services.kernel.log import get_logger
from services.kernel.problems import NeighbourSilent

BELIEVED = timedelta(hours=12)
"""How long the last answer holds while enrollment is away (real clock).

Teachers must be able to receive children while enrollment is down, and their access tokens live ten
minutes. A right that ends in these hours could not be heard of anyway.
"""


async def ask_people(
    enrollment: EnrollmentClient, phone: str, *, confirmed_at: datetime | None, real_now: datetime
) -> list[BoundPerson] | None:
    """Return everybody the phone stands for; None when enrollment is silent and the last answer still holds.

    Raises:
        NeighbourSilent: silent, and there is no answer younger than `BELIEVED`.
    """
    try:
        return bound(await enrollment.people_by_phone(phone))
    except NeighbourSilent:
        if confirmed_at is None or real_now - confirmed_at > BELIEVED:
            raise
        get_logger().warning("people.believed", since=confirmed_at.isoformat())
        return None


def bound(found: PeopleFound) -> list[BoundPerson]:
    """Return enrollment's answer in the gateway's word."""
    return [
        BoundPerson(school_id=person.school_id, person_id=person.person_id, persona=person.persona)
        for person in found.people
    ]

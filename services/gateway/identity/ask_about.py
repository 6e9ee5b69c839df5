"""Ask enrollment about an account that was read a moment ago; no transaction may be open meanwhile."""

from datetime import datetime

from services.gateway.identity.ask_people import ask_people
from services.gateway.identity.desk import Desk
from services.gateway.identity.tables import Account
from services.gateway.identity.take_hat import Answer


async def ask_about(desk: Desk, account: Account, *, real_now: datetime) -> Answer:
    """Return what enrollment says of the account's phone; nothing is asked where it has none.

    Raises:
        NeighbourSilent: silent, and its last answer is too old to be believed.
    """
    if account.phone_sealed is None:
        return Answer()
    people = await ask_people(
        desk.enrollment,
        desk.cipher.open(account.phone_sealed),
        confirmed_at=account.people_confirmed_at,
        real_now=real_now,
    )
    return Answer(account.phone_index, people)

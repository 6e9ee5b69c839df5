"""Pull what a letter spoke of from its owner: an account, whole. Rosters follow by `services.clients.roster_copy`."""

from services.contracts.facts.gateway import AccountBound
from services.contracts.internal.gateway import AccountEntry
from services.kernel.jobs import RetryLater, backoff
from services.kernel.problems import NeighbourSilent
from services.kernel.remote import Remote
from services.kernel.resources import Resources
from services.notifications.directory.bind_account import bind_account

LONGEST_WAIT_SECONDS = 30.0


class PullAccount:
    """The worker's job. A silent gateway is asked again, ever slower; nothing is lost."""

    def __init__(self, resources: Resources, gateway: Remote) -> None:
        self._held = resources
        self._gateway = gateway

    async def __call__(self, payload: bytes, attempt: int) -> None:
        """Take over which people an account stands for, and its openid."""
        fact = AccountBound.model_validate_json(payload)
        try:
            account = await self._gateway.ask(
                "GET", f"/internal/accounts/{fact.account_id}", answer=AccountEntry
            )
        except NeighbourSilent as silence:
            raise RetryLater(backoff(attempt, most=LONGEST_WAIT_SECONDS)) from silence
        schools = {*fact.schools(), *(person.school_id for person in account.people)}
        async with self._held.database.transaction(schools) as tx:
            await bind_account(tx, account, now=self._held.clock.now())

"""Pull what a letter spoke of from its owner: the roster page by page, an account whole."""

from datetime import datetime
from functools import cached_property
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.clients.enrollment import EnrollmentClient
from services.contracts.facts.gateway import AccountBound
from services.contracts.internal.gateway import AccountEntry
from services.kernel.cipher import FieldCipher
from services.kernel.jobs import RetryLater, backoff
from services.kernel.problems import NeighbourSilent
from services.kernel.remote import Remote
from services.kernel.resources import Resources
from services.kernel.share_look import SharedLook
from services.notifications.directory.bind_account import bind_account
from services.notifications.directory.copy_roster import copied_version, copy_roster

LONGEST_WAIT_SECONDS = 30.0
ROWS_OF_A_PAGE = 2_000


class Copied(Protocol):
    """What is done in a school's scope once its copy is up to date."""

    async def __call__(self, tx: AsyncSession, school_id: UUID, *, now: datetime) -> None:
        """``now`` is the domain's instant."""
        ...


class Puller:
    """The worker's two jobs of the directory. A silent owner is asked again, ever slower; nothing is lost."""

    def __init__(
        self, resources: Resources, *, enrollment: EnrollmentClient, gateway: Remote, copied: Copied
    ) -> None:
        self._held = resources
        self._copied = copied
        self._enrollment = enrollment
        self._gateway = gateway
        self._shared = SharedLook(self._pull)

    @cached_property
    def _cipher(self) -> FieldCipher:
        return self._held.cipher()

    async def pull_roster(self, payload: bytes, attempt: int) -> None:
        """Bring the copy of one school up to date, then tell what had waited for it."""
        try:
            await self._shared(UUID(bytes=payload))
        except NeighbourSilent as silence:
            raise RetryLater(backoff(attempt, most=LONGEST_WAIT_SECONDS)) from silence

    async def _pull(self, school_id: UUID) -> None:
        more = True
        while more:
            async with self._held.database.transaction([school_id]) as tx:
                since = await copied_version(tx, school_id)
            page = await self._enrollment.roster_page(school_id, since=since, limit=ROWS_OF_A_PAGE)
            async with self._held.database.transaction([school_id]) as tx:
                await copy_roster(tx, page, self._cipher)
            more = page.more
        async with self._held.database.transaction([school_id]) as tx:
            await self._copied(tx, school_id, now=self._held.clock.now())

    async def pull_account(self, payload: bytes, attempt: int) -> None:
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

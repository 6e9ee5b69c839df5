"""The worker's jobs of delivery: carry a message until it is settled, or come again later."""

import asyncio
from collections.abc import Mapping
from functools import cached_property
from uuid import UUID

from services.kernel.cipher import FieldCipher
from services.kernel.clock import real_now
from services.kernel.jobs import RetryLater
from services.kernel.resources import Resources
from services.notifications.channels.one_at_a_time import OneAtATime
from services.notifications.channels.outward import Outward, Sender
from services.notifications.delivery.advance import advance
from services.notifications.delivery.rules.outcomes import Channel, Sent
from services.notifications.delivery.steps import Opened, Round, Wait
from services.notifications.messages.catalogue import KINDS

ROUTINE_AT_ONCE = 8
SAFETY_AT_ONCE = 8
"""Messages in hand of each sort; the rest waits in the queue's tasks, so that safety never stands behind routine
for a database connection. Together they stay within a worker's pool (kernel/settings.py)."""


class Courier:
    """Carries messages. One for each worker process: the turns of WeChat users are kept in it."""

    def __init__(
        self, resources: Resources, senders: Mapping[Channel, Sender], template_ids: Mapping[str, str]
    ) -> None:
        self._held = resources
        self._senders = dict(senders)
        self._template_ids = dict(template_ids)
        self._turns = OneAtATime()
        self._routine = asyncio.Semaphore(ROUTINE_AT_ONCE)
        self._safety = asyncio.Semaphore(SAFETY_AT_ONCE)

    @cached_property
    def _cipher(self) -> FieldCipher:
        return self._held.cipher()

    async def deliver(self, payload: bytes, attempt: int) -> None:
        """Carry a routine message."""
        del attempt
        async with self._routine:
            await self._carry(UUID(bytes=payload[:16]), UUID(bytes=payload[16:]))

    async def deliver_safety(self, payload: bytes, attempt: int) -> None:
        """Carry a safety message."""
        del attempt
        async with self._safety:
            await self._carry(UUID(bytes=payload[:16]), UUID(bytes=payload[16:]))

    async def _carry(self, school_id: UUID, message_id: UUID) -> None:
        """Try channel after channel; raises RetryLater after a passing fault.

        Each try is committed before it leaves and noted afterwards. Killed in between, it stays ``sending``,
        and whoever takes the message up again calls it doubtful.
        """
        last: tuple[Opened, Sent] | None = None
        while True:
            look = self._look(school_id, message_id)
            try:
                async with self._held.database.transaction([school_id]) as tx:
                    step = await advance(tx, look, last)
                if isinstance(step, Opened):
                    last = step, await self._send(step, message_id)
                    continue
            finally:
                for openid in look.held:
                    self._turns.give_back(openid)
            if isinstance(step, Wait):
                raise RetryLater(step.length)
            if step is None:
                return
            last = None
            await self._turns.until_free(step.openid)

    def _look(self, school_id: UUID, message_id: UUID) -> Round:
        return Round(
            school_id=school_id,
            message_id=message_id,
            now=self._held.clock.now(),
            real=real_now(),
            channels=frozenset(self._senders),
            template_ids=self._template_ids,
            turns=self._turns,
        )

    async def _send(self, opened: Opened, message_id: UUID) -> Sent:
        address = (
            opened.openid if opened.channel is Channel.WECHAT else self._cipher.open(opened.phone_sealed)
        )
        outward = Outward(
            message_id=message_id,
            attempt_id=opened.attempt_id,
            kind=opened.kind,
            words=KINDS[opened.kind].say(dict(opened.facts)),
            address=address,
        )
        return await self._senders[opened.channel].send(outward)

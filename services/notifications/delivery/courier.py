"""The worker's jobs of delivery: carry a message until it is settled, or come again later."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import cached_property
from uuid import UUID

from services.kernel.cipher import FieldCipher
from services.kernel.clock import real_now
from services.kernel.jobs import RetryLater
from services.kernel.resources import Resources
from services.notifications.channels.one_at_a_time import OneAtATime
from services.notifications.channels.outward import Outward, Sender
from services.notifications.delivery.advance import advance
from services.notifications.delivery.gather import Gatherer
from services.notifications.delivery.rules.outcomes import Channel, Sent
from services.notifications.delivery.steps import Errand, Opened, Round, Step, UserTaken, Wait
from services.notifications.messages.catalogue import KINDS

ROUTINE_AT_ONCE = 64
SAFETY_AT_ONCE = 64
"""Messages of each sort in hand: safety never queues behind a school's arrivals. They share few transactions
(`Gatherer`), so what bounds them is the provider, not the database."""


class Courier:
    """Carries messages. One for each worker process: the turns of WeChat users are kept in it."""

    def __init__(
        self, resources: Resources, senders: Mapping[Channel, Sender], template_ids: Mapping[str, str]
    ) -> None:
        self._held = resources
        self._senders = dict(senders)
        self._template_ids = dict(template_ids)
        self._turns = OneAtATime()
        self._gatherer = Gatherer(self._go_round, self._abandoned)
        self._routine = asyncio.Semaphore(ROUTINE_AT_ONCE)
        self._safety = asyncio.Semaphore(SAFETY_AT_ONCE)

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
        errand = Errand(school_id, message_id)
        while (step := await self._gatherer.step(errand)) is not None:
            match step:
                case Wait():
                    raise RetryLater(step.length)
                case UserTaken():
                    await self._turns.until_free(step.openid)
                    errand = Errand(school_id, message_id)
                case Opened():
                    errand = Errand(school_id, message_id, (step, await self._send(step, message_id)))

    async def _go_round(self, errands: Sequence[Errand]) -> list[Step]:
        look = Round(
            now=self._held.clock.now(),
            real=real_now(),
            channels=frozenset(self._senders),
            template_ids=self._template_ids,
            turns=self._turns,
        )
        try:
            async with self._held.database.transaction({errand.school_id for errand in errands}) as tx:
                return await advance(tx, look, errands)
        except BaseException:
            for openid in look.held:
                self._turns.give_back(openid)
            raise

    def _abandoned(self, step: Step) -> None:
        """A try was opened for a job that was cancelled meanwhile: it stays ``sending`` and becomes a doubt."""
        if isinstance(step, Opened) and step.channel is Channel.WECHAT:
            self._turns.give_back(step.openid)

    async def _send(self, opened: Opened, message_id: UUID) -> Sent:
        """Send, and give the WeChat user's turn back."""
        card = opened.channel is Channel.WECHAT
        try:
            return await self._senders[opened.channel].send(
                Outward(
                    message_id=message_id,
                    attempt_id=opened.attempt_id,
                    kind=opened.kind,
                    words=KINDS[opened.kind].say(dict(opened.facts)),
                    address=opened.openid if card else self._cipher.open(opened.phone_sealed),
                )
            )
        finally:
            if card:
                self._turns.give_back(opened.openid)

    @cached_property
    def _cipher(self) -> FieldCipher:
        return self._held.cipher()

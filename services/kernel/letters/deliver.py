"""Carry the outbox to its readers: batches are gathered for a moment, posted together, and marked when safe."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.kernel.clock import real_now
from services.kernel.database.transaction import Database
from services.kernel.jobs import RetryLater, backoff
from services.kernel.letters.envelope import Receipt
from services.kernel.log import get_logger
from services.kernel.problems import Refusal
from services.kernel.remote import Remote

GATHER_SECONDS = 0.01
"""How long a batch waits for company (real time): one POST then carries what many small commands said."""
MOST_BATCHES = 100
LETTERS_OF_A_POST = 800
"""So that its body stays below what a reader takes (1 MiB), and the reader's transaction short."""
TRIES_OF_A_REFUSED_BATCH = 8
"""The reader answered and could not take it: about two minutes, then it is dead until an operator looks."""
TRIES_OF_AN_UNANSWERED_BATCH = 400
"""The reader is down: more than a day of five-minute steps."""

_READ = text(
    "SELECT batch_id, reader, letters::text AS letters, tries FROM outgoing"
    " WHERE batch_id = ANY(CAST(:ids AS uuid[])) AND state = 'waiting' ORDER BY batch_id"
)
_DELIVERED = text(
    "UPDATE outgoing SET state = 'delivered', settled_at = :at, fault = NULL, tries = tries + 1"
    " WHERE batch_id = ANY(CAST(:ids AS uuid[]))"
)
_FAILED = text(
    "UPDATE outgoing SET tries = tries + 1, fault = :fault, state = CASE WHEN tries + 1 >= :most"
    " THEN 'dead' ELSE state END WHERE batch_id = :id AND state = 'waiting' RETURNING state"
)


@dataclass(frozen=True)
class _Batch:
    batch_id: UUID
    letters: list[dict[str, Any]]


class Postman:
    """The worker's carrier. `carry` returns when its batch is safe with the reader, or dead."""

    def __init__(self, database: Database, readers: Mapping[str, Remote]) -> None:
        self._database = database
        self._readers = readers
        self._waiting: dict[UUID, asyncio.Future[None]] = {}
        self._round: asyncio.Task[None] | None = None

    async def carry(self, payload: bytes, attempt: int) -> None:
        """Handle one job of the outbox; raises RetryLater while the reader does not take it."""
        batch_id = UUID(bytes=payload)
        ticket = self._waiting.get(batch_id)
        if ticket is None:
            ticket = self._waiting[batch_id] = asyncio.get_running_loop().create_future()
        if self._round is None or self._round.done():
            self._round = asyncio.create_task(self._go_round())
        try:
            await asyncio.shield(ticket)
        except _NotTaken as fault:
            raise RetryLater(backoff(attempt), str(fault)) from fault

    async def _go_round(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        while self._waiting:
            tickets = {key: self._waiting[key] for key in list(self._waiting)[:MOST_BATCHES]}
            try:
                faults = await self._post(list(tickets))
            except Exception as fault:  # noqa: BLE001 - each ticket must hear of it, whatever it was
                faults = dict.fromkeys(tickets, repr(fault))
            for batch_id, ticket in tickets.items():
                self._waiting.pop(batch_id, None)
                if ticket.done():
                    continue
                if (fault_text := faults.get(batch_id)) is None:
                    ticket.set_result(None)
                else:
                    ticket.set_exception(_NotTaken(fault_text))

    async def _post(self, batch_ids: Sequence[UUID]) -> dict[UUID, str]:
        """Post what is still waiting among these; return the faults of those to be tried again."""
        async with self._database.transaction() as tx:
            rows = (await tx.execute(_READ, {"ids": list(batch_ids)})).all()
        by_reader: dict[str, list[_Batch]] = defaultdict(list)
        for row in rows:
            by_reader[row.reader].append(_Batch(row.batch_id, json.loads(row.letters)))
        results = await asyncio.gather(*(self._post_to(reader, some) for reader, some in by_reader.items()))
        return {batch_id: fault for result in results for batch_id, fault in result.items()}

    async def _post_to(self, reader: str, batches: Sequence[_Batch]) -> dict[UUID, str]:
        faults: dict[UUID, str] = {}
        for some in _posts(batches):
            faults |= await self._hand_over(reader, some)
        return faults

    async def _hand_over(self, reader: str, batches: Sequence[_Batch]) -> dict[UUID, str]:
        body = {"letters": [letter for batch in batches for letter in batch.letters]}
        try:
            receipt = await self._readers[reader].ask("POST", "/internal/letters", json=body, answer=Receipt)
        except Refusal as fault:
            return await self._note(batches, {}, str(fault), most=TRIES_OF_AN_UNANSWERED_BATCH)
        bad = {str(refused.letter_id): refused.fault for refused in receipt.refused}
        return await self._note(batches, bad, None, most=TRIES_OF_A_REFUSED_BATCH)

    async def _note(
        self, batches: Sequence[_Batch], bad: Mapping[str, str], silence: str | None, *, most: int
    ) -> dict[UUID, str]:
        faults: dict[UUID, str] = {}
        for batch in batches:
            told = silence or next(
                (bad[letter["letter_id"]] for letter in batch.letters if letter["letter_id"] in bad), None
            )
            if told is not None:
                faults[batch.batch_id] = told
        good = [batch.batch_id for batch in batches if batch.batch_id not in faults]
        async with self._database.transaction() as tx:
            if good:
                await tx.execute(_DELIVERED, {"ids": good, "at": real_now()})
            for batch_id, fault in list(faults.items()):
                state = await tx.scalar(_FAILED, {"id": batch_id, "fault": fault[:1000], "most": most})
                if state != "waiting":
                    faults.pop(batch_id)
                    get_logger().error("letters.dead", batch_id=str(batch_id), fault=fault[:200])
        return faults


def _posts(batches: Sequence[_Batch]) -> Iterator[list[_Batch]]:
    """Put batches together, in their order, as far as one post takes them."""
    post: list[_Batch] = []
    for batch in batches:
        if post and sum(len(one.letters) for one in post) + len(batch.letters) > LETTERS_OF_A_POST:
            yield post
            post = []
        post.append(batch)
    if post:
        yield post


class _NotTaken(Exception):  # noqa: N818 - a state of the batch
    """The reader has not taken the batch yet."""

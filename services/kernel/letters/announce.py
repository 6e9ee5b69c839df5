"""Write a fact into the outbox, in the transaction that makes it true."""

import json
from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.ids import new_id
from services.kernel.jobs import enqueue
from services.kernel.letters.envelope import Announced

LETTERS = "letters"
"""The worker's entrypoint for the outbox; its payload is a batch's id."""
LETTERS_OF_A_BATCH = 400
"""A batch travels whole, and a body of more than 1 MiB is refused; a letter takes some 600 bytes."""

_WRITE = text(
    "INSERT INTO outgoing (batch_id, reader, letters, count, state, announced_at)"
    " VALUES (:batch_id, :reader, CAST(:letters AS jsonb), :count, 'waiting', :announced_at)"
)


async def announce(tx: AsyncSession, *facts: Announced, now: datetime) -> None:
    """Tell each fact to the services that its class names, if this transaction commits.

    All facts of one call travel together to each reader and arrive in this order; only what a whole school is
    told at once takes several batches. A fact without readers is not written at all. ``now`` is the domain's
    instant. A batch waits as long (real time) as its least patient fact allows, so that what a crowd says within
    a moment crosses in one post.
    """
    if not facts:
        return
    letters: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for fact in facts:
        for reader in type(fact).READERS:
            letters[reader].append(
                {
                    "letter_id": str(new_id()),
                    "kind": fact.kind,
                    "sender": fact.kind.partition(".")[0],
                    "sent_at": now.isoformat(),
                    "body": fact.model_dump(mode="json"),
                }
            )
    batches: list[dict[str, Any]] = [
        {
            "batch_id": new_id(),
            "reader": reader,
            "letters": json.dumps(batch, ensure_ascii=False),
            "count": len(batch),
            "announced_at": now,
        }
        for reader, told in letters.items()
        for batch in (told[n : n + LETTERS_OF_A_BATCH] for n in range(0, len(told), LETTERS_OF_A_BATCH))
    ]
    if batches:
        await tx.execute(_WRITE, batches)
        patience = min(type(fact).PATIENCE for fact in facts)
        await enqueue(tx, LETTERS, [batch["batch_id"].bytes for batch in batches], delay=patience)

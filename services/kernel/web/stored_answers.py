"""Idempotency keys of many requests that share a transaction: what `once` does for one."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.database.transaction import raw
from services.kernel.web.once import AskedOnce, KeyReused

_READ = (
    "SELECT account_id, route, key, request_hash, body FROM answer"
    " JOIN unnest($1::uuid[], $2::text[], $3::text[]) AS asked (account_id, route, key)"
    " USING (account_id, route, key)"
)
_KEEP = (
    "INSERT INTO answer (account_id, route, key, request_hash, body)"
    " SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::bytea[])"
    " ON CONFLICT DO NOTHING RETURNING 1"
)


class KeyTakenMeanwhile(Exception):  # noqa: N818 - the transaction is given up, nobody is told
    """Another request came first with one of the keys: run again, and its answer will be found."""


async def stored_answers(tx: AsyncSession, asked: Sequence[AskedOnce]) -> dict[AskedOnce, bytes | KeyReused]:
    """Return the answers that were given before; a key that came with another request answers KeyReused.

    Read under a lock that two requests with the same body share, or the second may miss the first's answer.
    """
    rows = await (await raw(tx)).fetch(_READ, *_columns(asked))
    stored = {(account, route, key): (told, body) for account, route, key, told, body in rows}
    answers: dict[AskedOnce, bytes | KeyReused] = {}
    for one in asked:
        if (found := stored.get((one.account_id, one.route, one.key))) is not None:
            answers[one] = found[1] if found[0] == one.request_hash else KeyReused()
    return answers


async def keep_answers(tx: AsyncSession, answers: Mapping[AskedOnce, bytes]) -> None:
    """Keep first answers; a request that was refused leaves no key.

    Raises:
        KeyTakenMeanwhile: nothing of this transaction may be committed.
    """
    if not answers:
        return
    # In one order everywhere: two transactions that share keys must not wait for each other.
    ordered = sorted(answers, key=lambda one: (one.account_id, one.route, one.key))
    kept = await (await raw(tx)).fetch(
        _KEEP, *_columns(ordered), [one.request_hash for one in ordered], [answers[one] for one in ordered]
    )
    if len(kept) < len(answers):
        raise KeyTakenMeanwhile


def _columns(asked: Sequence[AskedOnce]) -> tuple[list[object], ...]:
    return [one.account_id for one in asked], [one.route for one in asked], [one.key for one in asked]

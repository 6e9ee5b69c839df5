"""Idempotency keys: the same key and body get the same answer; another body is refused (design 6)."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.problems import Unprocessable
from services.kernel.tokens import Identity
from services.kernel.web.dependencies import Caller, Tx

Made = TypeVar("Made", bound=BaseModel)

_CLAIM = text(
    "INSERT INTO answer (account_id, route, key, request_hash) VALUES (:account_id, :route, :key, :hash)"
    " ON CONFLICT DO NOTHING RETURNING key"
)
_READ = text(
    "SELECT request_hash, body FROM answer WHERE account_id = :account_id AND route = :route AND key = :key"
)
_KEEP = text(
    "UPDATE answer SET body = :body WHERE account_id = :account_id AND route = :route AND key = :key"
)


class KeyReused(Unprocessable):
    """This Idempotency-Key came before with another request."""

    detail = "这次提交与之前的内容不一致，请刷新页面后重新操作。"


@dataclass(frozen=True, slots=True)
class AskedOnce:
    """A request by its key: unique per account and route; ``request_hash`` must be the same again."""

    account_id: UUID
    route: str
    key: str
    request_hash: bytes


class Once:
    """Runs a command at most once per (account, route, key).

    The key is stored in the command's transaction: a command that failed leaves no key, and of two at the
    same moment the second waits for the first.
    """

    def __init__(self, tx: AsyncSession, asked: AskedOnce) -> None:
        self._tx = tx
        self._facts: dict[str, Any] = {
            "account_id": asked.account_id,
            "route": asked.route,
            "key": asked.key,
            "hash": asked.request_hash,
        }

    async def __call__(self, make: Callable[[], Awaitable[Made]]) -> Made | Response:
        """Return what ``make`` returns, or the stored answer of the first time."""
        if await self._tx.scalar(_CLAIM, self._facts) is None:
            stored = (await self._tx.execute(_READ, self._facts)).one()
            if bytes(stored.request_hash) != self._facts["hash"]:
                raise KeyReused
            return replay(stored.body)
        made = await make()
        await self._tx.execute(_KEEP, {**self._facts, "body": made.model_dump_json().encode()})
        return made


def replay(body: bytes) -> Response:
    """Return the answer of the first time, marked as such."""
    return Response(body, media_type="application/json", headers={"Idempotent-Replayed": "true"})


def hash_of(who: Identity, request: Request, body: bytes) -> bytes:
    """Return what must be the same again: who asked, and what.

    One account may be a teacher at two schools, and the path then does not say at which.
    """
    people = ",".join(sorted(f"{school}={person}" for school, person in who.people.items()))
    asker = f"{who.persona}\0{people}\0{request.scope['query_string'].decode('latin-1')}\0"
    return hashlib.sha256(asker.encode() + body).digest()


async def asked_once(
    request: Request,
    who: Caller,
    idempotency_key: Annotated[str, Header(min_length=8, max_length=64)],
) -> AskedOnce:
    """Read the key; the route's path with its ids is part of what it is unique in."""
    return AskedOnce(
        account_id=who.account_id,
        route=f"{request.method} {request.scope['path']}",
        key=idempotency_key,
        request_hash=hash_of(who, request, await request.body()),
    )


OnceKey = Annotated[AskedOnce, Depends(asked_once)]
"""For a route whose command runs in a transaction that it shares with others (`services.kernel.web.stored_answers`)."""


async def once(tx: Tx, asked: OnceKey) -> Once:
    """Hold the key for this request's own transaction."""
    return Once(tx, asked)


OnceOnly = Annotated[Once, Depends(once, scope="function")]

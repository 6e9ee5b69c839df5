"""What a route may ask for in its signature.

All of it is ``async``, though little of it waits: FastAPI sends plain functions to a thread, and five hops to a
thread and back cost more than many a request.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from services.kernel.problems import Unauthenticated
from services.kernel.resources import Resources
from services.kernel.tokens import INTERNAL, SERVICE, Identity


class NotLoggedIn(Unauthenticated):
    """No token came with the request."""

    detail = "请先登录。"


async def resources(request: Request) -> Resources:
    """Return what the process holds open."""
    held: Resources = request.app.state.resources
    return held


Held = Annotated[Resources, Depends(resources)]


async def now(held: Held) -> datetime:
    """Return the domain's instant, one for the whole request."""
    return held.clock.now()


Now = Annotated[datetime, Depends(now)]


async def caller(request: Request, held: Held) -> Identity:
    """Return who the gateway says is calling; each service verifies it again."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotLoggedIn
    return held.verifier.identity(token, audience=INTERNAL)


Caller = Annotated[Identity, Depends(caller)]


async def service_caller(who: Caller) -> Identity:
    """Refuse everybody but a service that speaks for itself."""
    who.require(SERVICE)
    return who


InternalCaller = Annotated[Identity, Depends(service_caller)]


async def transaction(who: Caller, held: Held) -> AsyncIterator[AsyncSession]:
    """Begin with the caller's schools in sight, commit after the handler, roll back if it raised."""
    async with held.database.transaction(who.schools) as tx:
        yield tx


async def internal_transaction(
    held: Held, _: InternalCaller, school_id: Annotated[list[UUID] | None, Query()] = None
) -> AsyncIterator[AsyncSession]:
    """Begin with the schools in sight that the calling service names."""
    async with held.database.transaction(school_id or []) as tx:
        yield tx


async def public_transaction(held: Held, school_id: UUID) -> AsyncIterator[AsyncSession]:
    """Begin with the school in sight that the path names: for what is published to everybody (R02)."""
    async with held.database.transaction([school_id]) as tx:
        yield tx


# "function" commits before the answer leaves. The default, "request", commits after it: a failed commit
# would already have answered 201.
Tx = Annotated[AsyncSession, Depends(transaction, scope="function")]
InternalTx = Annotated[AsyncSession, Depends(internal_transaction, scope="function")]
PublicTx = Annotated[AsyncSession, Depends(public_transaction, scope="function")]

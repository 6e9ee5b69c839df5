"""The feed for phones, and the figures for whoever runs the platform."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.kernel.web.dependencies import Caller, InternalTx, Now, Tx
from services.kernel.web.once import OnceOnly
from services.notifications.messages.feed import feed
from services.notifications.messages.figures import figures, told
from services.notifications.messages.mark_read import mark_read
from services.notifications.messages.shapes import FeedOut, FiguresOut, ReadOut, SwitchIn, ToldList
from services.notifications.messages.switch_moves import switch_moves

public = APIRouter(prefix="/api/v1/messages", tags=["messages"])
internal = APIRouter(prefix="/internal/messages", include_in_schema=False)


@public.get("")
async def own_messages(
    who: Caller,
    tx: Tx,
    since: Annotated[str | None, Query(description="``next`` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> FeedOut:
    """Return what the caller was told, in all its schools, oldest first."""
    return await feed(tx, who.people, since=since, limit=limit)


@public.post("/{message_id}/read", response_model=ReadOut)
async def read_message(message_id: UUID, who: Caller, tx: Tx, now: Now, once: OnceOnly) -> ReadOut | Response:
    """Note that the caller read one of its messages."""
    return await once(lambda: mark_read(tx, who.people, message_id, now=now))


@internal.get("/figures")
async def message_figures(tx: InternalTx, service_on: date | None = None) -> FiguresOut:
    """Count what was told in the schools named by ``school_id``."""
    return await figures(tx, service_on=service_on)


@internal.put("/moves")
async def tell_moves(body: SwitchIn, tx: InternalTx) -> SwitchIn:
    """Let the schools named by ``school_id`` tell families of each walk between rooms, or not."""
    await switch_moves(tx, on=body.on)
    return body


@internal.get("/told")
async def who_was_told(
    tx: InternalTx,
    child_id: UUID | None = None,
    recipient_id: UUID | None = None,
    service_on: date | None = None,
) -> ToldList:
    """Answer "has this parent been told?" with every attempt."""
    return await told(tx, child_id=child_id, recipient_id=recipient_id, service_on=service_on)

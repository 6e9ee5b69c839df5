"""Boards: a ticket from the phone, a page for the screen, and what the page asks every second."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Cookie, Query
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from services.contracts.personas import STAFF
from services.gateway.boards.board_sessions import (
    SESSION_LIFE,
    TICKET_LIFE,
    issue_ticket,
    use_ticket,
)
from services.gateway.boards.errors import BoardEnded, TicketOver
from services.gateway.boards.watch_board import board_of, watch_board
from services.gateway.identity.audit import Action, write_audit
from services.gateway.identity.desk import AtDesk, Desk
from services.gateway.public.render_page import render_page
from services.gateway.public.school_page import all_schools
from services.kernel.clock import real_now
from services.kernel.problems import NeighbourSilent
from services.kernel.web.answer import answer
from services.kernel.web.dependencies import Caller, Now, Tx

COOKIE = "kehou_board"
NOT_KEPT = {"Cache-Control": "no-store"}


class TicketIn(BaseModel):
    """Which board. Children's names are shortened unless the screen hangs where only staff can read it."""

    school_id: UUID | None = Field(default=None, description="May be left out: a staff token has one school.")
    full_names: bool = False


class TicketOut(BaseModel):
    """Open ``path`` in the screen's browser within a minute; it works once."""

    path: str
    expires_in_seconds: int


api = APIRouter(prefix="/api/v1/board-tickets", tags=["boards"])
pages = APIRouter(prefix="/boards", include_in_schema=False)


@api.post("", status_code=201)
async def ticket(body: TicketIn, who: Caller, tx: Tx, now: Now) -> TicketOut:
    """Give a member of staff leave to show the own school's duty board on one screen."""
    who.require(*STAFF)
    school_id = body.school_id or who.schools[0]
    secret = await issue_ticket(tx, who, school_id, full_names=body.full_names, real_now=real_now())
    await write_audit(
        tx,
        Action.BOARD_TICKET_ISSUED,
        account_id=who.account_id,
        persona=who.persona,
        now=now,
        school_id=school_id,
        full_names=int(body.full_names),
    )
    return TicketOut(
        path=f"/boards/duty?ticket={secret}", expires_in_seconds=int(TICKET_LIFE.total_seconds())
    )


@pages.get("/duty")
async def duty(
    desk: AtDesk,
    ticket: Annotated[str | None, Query(max_length=64)] = None,
    kehou_board: Annotated[str, Cookie(max_length=64)] = "",
) -> Response:
    """Show the duty board; a ticket is turned into a cookie first, so that no address holds a secret."""
    try:
        if ticket is not None:
            return await _opened(desk, ticket)
        session = await board_of(desk, kehou_board)
    except (TicketOver, BoardEnded) as refusal:
        return render_page("notice.html", status=401, title="大屏没有打开", sentence=refusal.sentence())
    except NeighbourSilent as refusal:
        return render_page("notice.html", status=503, title="暂时打不开", sentence=refusal.sentence())
    return render_page("duty.html", school=await _name_of(desk, session.shown_school_id))


@pages.get("/duty/figures")
async def figures(desk: AtDesk, kehou_board: Annotated[str, Cookie(max_length=64)] = "") -> Response:
    """Return what the board shows this moment."""
    lines: dict[str, Any] = await watch_board(desk, kehou_board)
    return answer(lines, headers=NOT_KEPT)


async def _opened(desk: Desk, ticket: str) -> Response:
    async with desk.held.database.transaction() as tx:
        opened, secret = await use_ticket(tx, ticket, real_now=real_now())
        await write_audit(
            tx,
            Action.BOARD_OPENED,
            account_id=opened.account_id,
            persona=opened.persona,
            now=desk.held.clock.now(),
            school_id=opened.shown_school_id,
        )
    page = RedirectResponse("/boards/duty", status_code=303, headers=NOT_KEPT)
    page.set_cookie(
        COOKIE,
        secret,
        max_age=int(SESSION_LIFE.total_seconds()),
        path="/boards",
        httponly=True,
        # Lax, not strict: the link is tapped in another app, and the redirect must carry the cookie.
        samesite="lax",
        secure=desk.settings.public_url.startswith("https:"),
    )
    return page


async def _name_of(desk: Desk, school_id: UUID) -> str:
    try:
        schools = await all_schools(desk.enrollment)
    except NeighbourSilent:
        return ""
    return next((school.name for school in schools if school.school_id == str(school_id)), "")

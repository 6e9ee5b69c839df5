"""What a screen shows right now, if it still may."""

from typing import Any

from services.clients.attendance import AttendanceClient
from services.gateway.boards.board_sessions import CONFIRMED_FOR, confirm_session, live_session
from services.gateway.boards.errors import BoardEnded
from services.gateway.boards.rules.duty_lines import duty_lines, no_day
from services.gateway.boards.tables import BoardTicket
from services.gateway.identity.ask_about import ask_about
from services.gateway.identity.desk import Desk
from services.gateway.identity.tables import Account
from services.kernel.clock import real_now, school_day
from services.kernel.problems import RemoteRefusal
from services.kernel.tokens import Identity

NO_SUCH_DAY = "urn:kehou:problem:no-such-day"


async def watch_board(desk: Desk, cookie: str) -> dict[str, Any]:
    """Return the lines of the board that a cookie may show, as its leader would see it on the phone.

    Raises:
        BoardEnded: the session is over, or the leader's right has ended.
        NeighbourSilent: attendance does not answer.
    """
    session = await board_of(desk, cookie)
    who = Identity(
        account_id=session.account_id,
        persona=session.persona,
        people={session.shown_school_id: session.person_id},
    )
    now = desk.held.clock.now()
    attendance = AttendanceClient(desk.held.remote("attendance"))
    try:
        board = await attendance.duty_board(who, session.shown_school_id, school_day(now))
    except RemoteRefusal as refusal:
        if refusal.told.get("type") == NO_SUCH_DAY:
            return no_day(now)
        raise
    return duty_lines(board, full_names=session.full_names)


async def board_of(desk: Desk, cookie: str) -> BoardTicket:
    """Return the session behind a cookie; enrollment is asked again every ten minutes.

    Raises:
        BoardEnded: the session is over, or the leader's right has ended.
    """
    real = real_now()
    async with desk.held.database.transaction() as tx:
        session = await live_session(tx, cookie, real_now=real)
        account = await tx.get_one(Account, session.account_id)
    if real - session.confirmed_at <= CONFIRMED_FOR:
        return session
    people = (await ask_about(desk, account, real_now=real)).people
    held = {(person.school_id, person.person_id, person.persona) for person in people or ()}
    wanted = (session.shown_school_id, session.person_id, session.persona)
    still_held = wanted in held or (people is None and account.phone_index is not None)
    async with desk.held.database.transaction() as tx:
        await confirm_session(tx, session.ticket_hash, still_held=still_held, real_now=real)
    if not still_held:
        raise BoardEnded
    return session

"""A ticket opens one screen once; the screen then shows its school until the session ends (real clock)."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.gateway.boards.errors import BoardEnded, TicketOver
from services.gateway.boards.tables import BoardTicket
from services.kernel.tokens import Identity

TICKET_LIFE = timedelta(minutes=1)
SESSION_LIFE = timedelta(hours=6)
"""A day of service, evening study included."""
CONFIRMED_FOR = timedelta(minutes=10)
"""How long a right is believed without asking again; as long as an access token lives."""


async def issue_ticket(
    tx: AsyncSession, who: Identity, school_id: UUID, *, full_names: bool, real_now: datetime
) -> str:
    """Return a fresh ticket for the caller's board of a school; only its hash is kept."""
    ticket = secrets.token_urlsafe(24)
    await tx.execute(delete(BoardTicket).where(col(BoardTicket.ends_at) <= real_now))
    tx.add(
        BoardTicket(
            ticket_hash=_hash(ticket),
            account_id=who.account_id,
            persona=who.persona,
            shown_school_id=school_id,
            person_id=who.person_in(school_id),
            full_names=full_names,
            ends_at=real_now + TICKET_LIFE,
            confirmed_at=real_now,
        )
    )
    await tx.flush()
    return ticket


async def use_ticket(tx: AsyncSession, ticket: str, *, real_now: datetime) -> tuple[BoardTicket, str]:
    """Open a session with a ticket, once; return it with the session's secret.

    Raises:
        TicketOver: used before, expired, or never issued.
    """
    session = secrets.token_urlsafe(32)
    used = await tx.execute(
        update(BoardTicket)
        .where(
            col(BoardTicket.ticket_hash) == _hash(ticket),
            col(BoardTicket.used_at).is_(None),
            col(BoardTicket.ends_at) > real_now,
        )
        .values(used_at=real_now, session_hash=_hash(session), ends_at=real_now + SESSION_LIFE)
        .returning(BoardTicket)
    )
    if (opened := used.scalar_one_or_none()) is None:
        raise TicketOver
    return opened, session


async def live_session(tx: AsyncSession, session: str, *, real_now: datetime) -> BoardTicket:
    """Return the session behind a cookie; raises BoardEnded."""
    found = await tx.execute(
        select(BoardTicket).where(
            col(BoardTicket.session_hash) == _hash(session), col(BoardTicket.ends_at) > real_now
        )
    )
    if (live := found.scalar_one_or_none()) is None:
        raise BoardEnded
    return live


async def confirm_session(
    tx: AsyncSession, ticket_hash: bytes, *, still_held: bool, real_now: datetime
) -> None:
    """Note that the right behind a session lives, or end the session."""
    of_session = col(BoardTicket.ticket_hash) == ticket_hash
    if still_held:
        await tx.execute(update(BoardTicket).where(of_session).values(confirmed_at=real_now))
    else:
        await tx.execute(delete(BoardTicket).where(of_session))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()

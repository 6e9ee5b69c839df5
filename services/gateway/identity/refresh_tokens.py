"""Sessions and their refresh tokens: each good once, kept as a hash, and a second use ends the whole session.

Everything here runs on real time.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.gateway.identity.end_sessions import end_sessions
from services.gateway.identity.errors import RefreshTokenReused, SessionEnded, SessionUnknown
from services.gateway.identity.rules.hats import Hat
from services.gateway.identity.tables import RefreshToken, TokenFamily
from services.kernel.ids import new_id
from services.kernel.problems import Refusal

LIFE = timedelta(days=30)
"""How long a session lives that nobody uses."""


async def begin_session(
    tx: AsyncSession, account_id: UUID, hat: Hat, *, device_id: UUID | None, real_now: datetime
) -> tuple[TokenFamily, str]:
    """Begin a session and return it with its first refresh token."""
    family = TokenFamily(
        family_id=new_id(),
        account_id=account_id,
        device_id=device_id,
        persona=hat.persona,
        chosen_school_id=hat.school_id,
        began_at=real_now,
    )
    tx.add(family)
    await tx.flush()
    return family, await _issue(tx, family.family_id, real_now=real_now)


async def find_session(tx: AsyncSession, token: str, *, real_now: datetime) -> TokenFamily | Refusal:
    """Return the session that a refresh token continues, held until the transaction ends.

    A refusal is *returned*: that a session was ended because its token came twice must be committed. So may a
    phone whose answer was lost on the way log in again, which costs nobody a tap in WeChat; a window of grace
    would give a thief the same.
    """
    offered = await tx.get(RefreshToken, _hash(token))
    if offered is None:
        return SessionUnknown()
    found = await tx.execute(
        select(TokenFamily).where(col(TokenFamily.family_id) == offered.family_id).with_for_update()
    )
    family = found.scalar_one()
    # Read again under the lock: of two phones at once, the second must see what the first did.
    await tx.refresh(offered)
    if family.revoked_at is not None:
        return SessionEnded()
    if offered.used_at is not None:
        await end_sessions(tx, family.account_id, because="token-reused", family_id=family.family_id)
        return RefreshTokenReused()
    return SessionEnded() if offered.ends_at <= real_now else family


async def rotate_token(
    tx: AsyncSession, family: TokenFamily, token: str, hat: Hat, *, real_now: datetime
) -> str:
    """Use ``token`` up and return its successor; the session goes on under ``hat``."""
    used = await tx.get_one(RefreshToken, _hash(token))
    used.used_at = real_now
    family.persona, family.chosen_school_id = hat.persona, hat.school_id
    await tx.execute(
        delete(RefreshToken).where(
            col(RefreshToken.family_id) == family.family_id, col(RefreshToken.ends_at) <= real_now
        )
    )
    return await _issue(tx, family.family_id, real_now=real_now)


async def _issue(tx: AsyncSession, family_id: UUID, *, real_now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    tx.add(
        RefreshToken(token_hash=_hash(token), family_id=family_id, made_at=real_now, ends_at=real_now + LIFE)
    )
    await tx.flush()
    return token


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

"""End the sessions of an account: no refresh token of theirs is good any more."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.gateway.identity.tables import TokenFamily
from services.kernel.clock import real_now

ANY = UUID(int=0)
"""Every device."""


async def end_sessions(
    tx: AsyncSession,
    account_id: UUID,
    *,
    because: str,
    family_id: UUID | None = None,
    on_device: UUID | None = ANY,
) -> int:
    """End sessions of an account: all, one, or those of one device; returns how many lived.

    ``on_device`` None: those whose phone named no device. Access tokens end within ten minutes by themselves.
    """
    ending = [col(TokenFamily.account_id) == account_id, col(TokenFamily.revoked_at).is_(None)]
    if family_id is not None:
        ending.append(col(TokenFamily.family_id) == family_id)
    if on_device != ANY:
        ending.append(col(TokenFamily.device_id).is_not_distinct_from(on_device))
    ended = await tx.execute(
        update(TokenFamily)
        .where(*ending)
        .values(revoked_at=real_now(), revoked_because=because)
        .returning(col(TokenFamily.family_id))
    )
    return len(ended.scalars().all())

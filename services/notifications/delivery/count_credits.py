"""How often we may still send a WeChat user a card: counted here, because WeChat tells nobody (wechat.md 3.3)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MOST_CREDITS = 100
"""More unspent accepts than this are not counted: nobody taps that often, and a client may say anything."""

_SPEND = text(
    "UPDATE credit SET remaining = remaining - 1, changed_at = :real"
    " WHERE openid = :openid AND template_id = :template_id AND remaining > 0 RETURNING remaining"
)
_GIVE_BACK = text(
    "UPDATE credit SET remaining = remaining + 1, changed_at = :real"
    " WHERE openid = :openid AND template_id = :template_id"
)
_VOID = text(
    "UPDATE credit SET remaining = 0, changed_at = :real WHERE openid = :openid AND template_id = :template_id"
)
_EARN = text(
    "INSERT INTO credit (openid, template_id, remaining, changed_at)"
    " SELECT :openid, id, 1, :real FROM unnest(CAST(:template_ids AS text[])) AS t(id)"
    " ON CONFLICT (openid, template_id) DO UPDATE"
    " SET remaining = LEAST(credit.remaining + 1, :most), changed_at = excluded.changed_at"
)
_LEFT = text("SELECT template_id, remaining FROM credit WHERE openid = :openid")


async def spend_credit(tx: AsyncSession, openid: str, template_id: str, *, real: datetime) -> bool:
    """Use one up before the send; ``False``: none is left, another channel. ``real`` is the real clock."""
    about = {"openid": openid, "template_id": template_id, "real": real}
    return await tx.scalar(_SPEND, about) is not None


async def give_back_credit(tx: AsyncSession, openid: str, template_id: str, *, real: datetime) -> None:
    """The send did not use it after all."""
    await tx.execute(_GIVE_BACK, {"openid": openid, "template_id": template_id, "real": real})


async def void_credit(tx: AsyncSession, openid: str, template_id: str, *, real: datetime) -> None:
    """WeChat knows better: 43101 means that nothing is left."""
    await tx.execute(_VOID, {"openid": openid, "template_id": template_id, "real": real})


async def earn_credits(tx: AsyncSession, openid: str, template_ids: Sequence[str], *, real: datetime) -> None:
    """The user tapped "allow" once for each template."""
    about = {"openid": openid, "template_ids": sorted(set(template_ids)), "real": real, "most": MOST_CREDITS}
    await tx.execute(_EARN, about)


async def credits_left(tx: AsyncSession, openid: str) -> dict[str, int]:
    """Return what is left, by template."""
    return {row.template_id: row.remaining for row in await tx.execute(_LEFT, {"openid": openid})}

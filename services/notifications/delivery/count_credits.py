"""How often we may still send somebody a card: counted here, because WeChat tells nobody (wechat.md 3.3)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MOST_CREDITS = 100
"""More unspent accepts than this are not counted: nobody taps that often, and a client may say anything."""

Permission = tuple[UUID, str]
"""Account and template id."""

_THESE = (
    "(SELECT DISTINCT * FROM unnest(CAST(:accounts AS uuid[]), CAST(:template_ids AS text[]))"
    " AS t(account_id, template_id)) AS these"
    " WHERE credit.account_id = these.account_id AND credit.template_id = these.template_id"
)
_CHANGE = "UPDATE credit SET changed_at = :real, remaining = "
_SPEND = text(
    f"{_CHANGE} remaining - 1 FROM {_THESE} AND remaining > 0 RETURNING credit.account_id, credit.template_id"
)
_GIVE_BACK = text(f"{_CHANGE} remaining + 1 FROM {_THESE}")
_VOID = text(f"{_CHANGE} 0 FROM {_THESE}")
_EARN = text(
    "INSERT INTO credit (account_id, template_id, remaining, changed_at)"
    " SELECT account_id, template_id, 1, :real"
    " FROM unnest(CAST(:accounts AS uuid[]), CAST(:template_ids AS text[])) AS t(account_id, template_id)"
    " ON CONFLICT (account_id, template_id) DO UPDATE"
    " SET remaining = LEAST(credit.remaining + 1, :most), changed_at = excluded.changed_at"
)
_LEFT = text("SELECT template_id, remaining FROM credit WHERE account_id = :account_id")


async def spend_credits(
    tx: AsyncSession, permissions: Sequence[Permission], *, real: datetime
) -> set[Permission]:
    """Use one of each up before sending, and return those that had one left. ``real`` is the real clock."""
    if not permissions:
        return set()
    rows = await tx.execute(_SPEND, _columns(permissions, real))
    return {(row.account_id, row.template_id) for row in rows}


async def give_back_credits(tx: AsyncSession, permissions: Sequence[Permission], *, real: datetime) -> None:
    """The sends did not use them after all."""
    if permissions:
        await tx.execute(_GIVE_BACK, _columns(permissions, real))


async def void_credits(tx: AsyncSession, permissions: Sequence[Permission], *, real: datetime) -> None:
    """WeChat or the owner knows better: nothing is left."""
    if permissions:
        await tx.execute(_VOID, _columns(permissions, real))


async def earn_credits(tx: AsyncSession, permissions: Sequence[Permission], *, real: datetime) -> None:
    """Each owner tapped "allow" once."""
    if permissions:
        await tx.execute(_EARN, {**_columns(sorted(set(permissions)), real), "most": MOST_CREDITS})


async def credits_left(tx: AsyncSession, account_id: UUID) -> dict[str, int]:
    """Return what is left, by template."""
    return {row.template_id: row.remaining for row in await tx.execute(_LEFT, {"account_id": account_id})}


def _columns(permissions: Sequence[Permission], real: datetime) -> dict[str, Any]:
    return {
        "accounts": [account_id for account_id, _ in permissions],
        "template_ids": [template_id for _, template_id in permissions],
        "real": real,
    }

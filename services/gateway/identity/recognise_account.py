"""Find the account behind an openid, or make it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.gateway.identity.tables import Account, Device, IdentityKey
from services.kernel.cipher import FieldCipher
from services.kernel.ids import new_id

OPENID = "openid"
_LOCK = text("SELECT pg_advisory_xact_lock(:key)")


async def recognise_account(tx: AsyncSession, openid: str, cipher: FieldCipher, *, now: datetime) -> Account:
    """Return the account that this openid proves; two first log-ins at once make one account."""
    index = cipher.blind_index(openid)
    await lock_on(tx, index)
    found = await tx.execute(
        select(Account)
        .join(IdentityKey, col(IdentityKey.account_id) == col(Account.account_id))
        .where(col(IdentityKey.kind) == OPENID, col(IdentityKey.value_index) == index)
    )
    if (known := found.scalar_one_or_none()) is not None:
        return known
    account = Account(account_id=new_id(), made_at=now)
    tx.add(account)
    await tx.flush()
    tx.add(
        IdentityKey(
            kind=OPENID,
            value_index=index,
            value_sealed=cipher.seal(openid),
            account_id=account.account_id,
            made_at=now,
        )
    )
    await tx.flush()
    return account


async def lock_on(tx: AsyncSession, index: bytes) -> None:
    """Let only one transaction at a time work on what a blind index names."""
    await tx.execute(_LOCK, {"key": int.from_bytes(index[:8], "big", signed=True)})


async def openid_of(tx: AsyncSession, account_id: UUID, cipher: FieldCipher) -> str | None:
    """Return the account's openid, if it has one."""
    sealed = await tx.scalar(
        select(col(IdentityKey.value_sealed)).where(
            col(IdentityKey.account_id) == account_id, col(IdentityKey.kind) == OPENID
        )
    )
    return None if sealed is None else cipher.open(sealed)


async def note_device(
    tx: AsyncSession, account_id: UUID, device_id: UUID | None, *, real_now: datetime
) -> None:
    """Remember that the account was seen on a device just now."""
    if device_id is None:
        return
    seen = {"account_id": account_id, "device_id": device_id, "first_seen_at": real_now}
    await tx.execute(
        insert(Device)
        .values(**seen, last_seen_at=real_now)
        .on_conflict_do_update(index_elements=["account_id", "device_id"], set_={"last_seen_at": real_now})
    )

"""Bind a verified phone to an account."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.gateway.identity.audit import Action, write_audit
from services.gateway.identity.consents_given import consents_given
from services.gateway.identity.end_sessions import end_sessions
from services.gateway.identity.errors import ConsentMissing
from services.gateway.identity.keep_people import lock_account, tell_people
from services.gateway.identity.recognise_account import lock_on
from services.gateway.identity.rules.consents import ACCOUNT
from services.gateway.identity.tables import Account
from services.kernel.cipher import FieldCipher


async def bind_phone(
    tx: AsyncSession, account_id: UUID, phone: str, cipher: FieldCipher, *, now: datetime
) -> Account:
    """Bind ``phone`` (11 digits, just verified by WeChat) to an account.

    A phone belongs to one account. Whoever proved it last has it: the account that had it before (a second
    WeChat, or the number's former owner) loses it, its people and its sessions.

    Raises:
        ConsentMissing: nothing is bound before the consent is recorded (PIPL 13, 29).
    """
    if ACCOUNT not in await consents_given(tx, account_id):
        raise ConsentMissing(purpose=ACCOUNT)
    index = cipher.blind_index(phone)
    await lock_on(tx, index)
    await _take_from_others(tx, account_id, index, now=now)
    account = await lock_account(tx, account_id)
    if account.phone_index != index:
        account.phone_sealed, account.phone_index = cipher.seal(phone), index
        account.people, account.people_confirmed_at = [], None
        await write_audit(tx, Action.PHONE_BOUND, account_id=account_id, persona="", now=now)
    await tx.flush()
    return account


async def _take_from_others(tx: AsyncSession, account_id: UUID, index: bytes, *, now: datetime) -> None:
    found = await tx.execute(
        select(Account)
        .where(col(Account.phone_index) == index, col(Account.account_id) != account_id)
        .with_for_update()
    )
    for other in found.scalars():
        other.phone_sealed = other.phone_index = None
        other.people = []
        await tell_people(tx, other, now=now)
        await end_sessions(tx, other.account_id, because="phone-taken-over")
        await write_audit(
            tx,
            Action.PHONE_TAKEN_OVER,
            account_id=other.account_id,
            persona="",
            now=now,
            by_account_id=account_id,
        )

"""Record a consent, or its withdrawal, which takes effect at once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.gateway.identity.audit import Action, write_audit
from services.gateway.identity.consent_texts import ConsentText
from services.gateway.identity.consents_given import newest_consents
from services.gateway.identity.end_sessions import end_sessions
from services.gateway.identity.keep_people import lock_account, tell_people
from services.gateway.identity.rules.consents import ACCOUNT
from services.gateway.identity.tables import Account, Consent, Device, IdentityKey
from services.kernel.ids import new_id


async def record_consent(tx: AsyncSession, account_id: UUID, text: ConsentText, *, now: datetime) -> Consent:
    """Record that the account agrees to a text; the same consent again is the one that is there."""
    account = await lock_account(tx, account_id)
    for consent in await newest_consents(tx, account_id):
        if (consent.purpose, consent.version, consent.given) == (text.purpose, text.version, True):
            return consent
    consent = await _write(tx, account_id, text, given=True, now=now)
    await tell_people(tx, account, now=now)
    return consent


async def withdraw_consent(
    tx: AsyncSession, account_id: UUID, text: ConsentText, *, now: datetime
) -> Consent:
    """Take a consent back (PIPL 15) and stop what rested on it.

    ``account``: phone and openid leave the account, every session ends. ``children``: the account stands for no
    guardian any more, and neighbours are told so.
    """
    account = await lock_account(tx, account_id)
    consent = await _write(tx, account_id, text, given=False, now=now)
    if text.purpose == ACCOUNT:
        await _forget(tx, account)
    await tell_people(tx, account, now=now)
    await end_sessions(tx, account_id, because="consent-withdrawn")
    await write_audit(
        tx, Action.CONSENT_WITHDRAWN, account_id=account_id, persona="", now=now, purpose=text.purpose
    )
    return consent


async def _write(
    tx: AsyncSession, account_id: UUID, text: ConsentText, *, given: bool, now: datetime
) -> Consent:
    consent = Consent(
        consent_id=new_id(),
        account_id=account_id,
        purpose=text.purpose,
        version=text.version,
        given=given,
        text_hash=text.hash,
        recorded_at=now,
    )
    tx.add(consent)
    await tx.flush()
    return consent


async def _forget(tx: AsyncSession, account: Account) -> None:
    account.phone_sealed = account.phone_index = None
    account.people = []
    await tx.execute(delete(IdentityKey).where(col(IdentityKey.account_id) == account.account_id))
    await tx.execute(delete(Device).where(col(Device.account_id) == account.account_id))
    await tx.flush()

"""Which consents of an account are in force?"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.gateway.identity.rules.consents import Required
from services.gateway.identity.tables import Consent


async def newest_consents(tx: AsyncSession, account_id: UUID) -> list[Consent]:
    """Return the newest row of each purpose, given or withdrawn."""
    rows = await tx.scalars(
        select(Consent).where(col(Consent.account_id) == account_id).order_by(col(Consent.consent_id))
    )
    return list({consent.purpose: consent for consent in rows}.values())


async def consents_given(tx: AsyncSession, account_id: UUID) -> Required:
    """Return the purposes for which the newest row is a consent."""
    return frozenset(consent.purpose for consent in await newest_consents(tx, account_id) if consent.given)

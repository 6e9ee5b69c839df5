"""Let an account act as one of its people: the last step of every log-in and refresh."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.facts.gateway import BoundPerson
from services.contracts.personas import STAFF
from services.gateway.identity.audit import Action, write_audit
from services.gateway.identity.consents_given import consents_given
from services.gateway.identity.keep_people import keep_people, people_of
from services.gateway.identity.rules.hats import Hat, Wardrobe, hats_of
from services.gateway.identity.shapes import SessionOut, people_out, personas_out
from services.gateway.identity.tables import Account, TokenFamily
from services.kernel.tokens import PUBLIC, Identity, Signer

ACCESS_LIFE = timedelta(minutes=10)
"""Real time. A right that ended is asked for again at the latest then."""


@dataclass(frozen=True)
class Wish:
    """As whom somebody wants to act; nothing said means: as before, or as the only one there is."""

    persona: str | None = None
    school_id: UUID | None = None


@dataclass(frozen=True)
class Answer:
    """What enrollment said of a phone just now; ``people`` None: it was silent, and the last answer holds."""

    phone_index: bytes | None = None
    people: Sequence[BoundPerson] | None = None


async def wardrobe_of(
    tx: AsyncSession, account: Account, answer: Answer, *, real_now: datetime, now: datetime
) -> Wardrobe:
    """Keep enrollment's answer and return the hats that it makes.

    ``account`` is held by the transaction. An answer about a phone that is not the account's any more is dropped.
    """
    if answer.people is not None and answer.phone_index == account.phone_index:
        await keep_people(tx, account, answer.people, confirmed_at=real_now, now=now)
    return hats_of(people_of(account), await consents_given(tx, account.account_id))


async def note_hat(
    tx: AsyncSession, account_id: UUID, hat: Hat, *, before: str | None, now: datetime
) -> None:
    """Write down that somebody begins to act for a school."""
    if hat.persona in STAFF and hat.persona != before:
        await write_audit(
            tx,
            Action.PERSONA_TAKEN,
            account_id=account_id,
            persona=hat.persona,
            now=now,
            school_id=hat.school_id,
        )


def session_out(
    account: Account, family: TokenFamily, hat: Hat, wardrobe: Wardrobe, *, signer: Signer, refresh_token: str
) -> SessionOut:
    """Sign an access token for the hat and shape the answer."""
    identity = Identity(
        account_id=account.account_id, persona=hat.persona, people=hat.people, device_id=family.device_id
    )
    return SessionOut(
        account_id=account.account_id,
        access_token=signer.sign_identity(identity, audience=PUBLIC, ttl=ACCESS_LIFE),
        expires_in_seconds=int(ACCESS_LIFE.total_seconds()),
        refresh_token=refresh_token,
        persona=hat.persona,
        people=people_out(hat),
        personas=personas_out(wardrobe),
        phone_bound=account.phone_index is not None,
    )

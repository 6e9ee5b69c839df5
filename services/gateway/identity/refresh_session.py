"""Go on with a session: a new access token, after enrollment was asked again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.personas import Persona
from services.gateway.identity.ask_about import ask_about
from services.gateway.identity.audit import Action, write_audit
from services.gateway.identity.desk import Desk
from services.gateway.identity.errors import RefreshTokenReused
from services.gateway.identity.keep_people import lock_account
from services.gateway.identity.recognise_account import note_device
from services.gateway.identity.refresh_tokens import find_session, rotate_token
from services.gateway.identity.rules.hats import Hat, Wardrobe
from services.gateway.identity.shapes import SessionOut
from services.gateway.identity.tables import Account, TokenFamily
from services.gateway.identity.take_hat import Wish, note_hat, session_out, wardrobe_of
from services.kernel.clock import real_now
from services.kernel.problems import Refusal


async def refresh_session(desk: Desk, token: str, wish: Wish) -> SessionOut:
    """Use a refresh token up and return the next pair, for the persona that was asked for.

    Enrollment is asked before anything is used up, so that a refused or failed refresh can be tried again with
    the same token.

    Raises:
        SessionUnknown, SessionEnded, RefreshTokenReused: log in again.
        PersonaNotHeld, ConsentMissing: the wish cannot be fulfilled (any more).
        NeighbourSilent: enrollment is away for longer than its last answer holds.
    """
    now, real = desk.held.clock.now(), real_now()
    asked = await _whose(desk, token, real, now)
    answer = await ask_about(desk, asked, real_now=real)
    async with desk.held.database.transaction() as tx:
        account = await lock_account(tx, asked.account_id)
        family = await find_session(tx, token, real_now=real)
        if isinstance(family, TokenFamily):
            wardrobe = await wardrobe_of(tx, account, answer, real_now=real, now=now)
            return await go_on(tx, desk, account, Turn(family, token, wish), wardrobe)
    raise family


@dataclass(frozen=True)
class Turn:
    """A session that goes on: the refresh token that is used up for it, and as whom."""

    family: TokenFamily
    token: str
    wish: Wish


async def go_on(tx: AsyncSession, desk: Desk, account: Account, turn: Turn, wardrobe: Wardrobe) -> SessionOut:
    """Use the token up and return the next pair; ``account`` is held by the transaction."""
    now, real = desk.held.clock.now(), real_now()
    family, before = turn.family, turn.family.persona
    hat = _hat(wardrobe, family, turn.wish)
    fresh = await rotate_token(tx, family, turn.token, hat, real_now=real)
    await note_device(tx, account.account_id, family.device_id, real_now=real)
    await note_hat(tx, account.account_id, hat, before=before, now=now)
    return session_out(account, family, hat, wardrobe, signer=desk.held.signer, refresh_token=fresh)


async def _whose(desk: Desk, token: str, real: datetime, now: datetime) -> Account:
    refusal: Refusal
    async with desk.held.database.transaction() as tx:
        family = await find_session(tx, token, real_now=real)
        if isinstance(family, TokenFamily):
            return await tx.get_one(Account, family.account_id)
        refusal = family
        if isinstance(refusal, RefreshTokenReused):
            await write_audit(tx, Action.SESSION_REUSED, account_id=None, persona="", now=now)
    raise refusal


def _hat(wardrobe: Wardrobe, family: TokenFamily, wish: Wish) -> Hat:
    if wish.persona is not None:
        return wardrobe.choose(wish.persona, wish.school_id)
    if family.persona == Persona.GUEST:
        return wardrobe.only()
    return wardrobe.keep(family.persona, family.chosen_school_id)

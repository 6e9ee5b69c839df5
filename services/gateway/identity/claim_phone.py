"""Bind the phone behind a code of WeChat's phone button to the caller's account."""

from uuid import UUID

from services.gateway.identity.ask_about import ask_about
from services.gateway.identity.ask_wechat import ask_phone
from services.gateway.identity.bind_phone import bind_phone
from services.gateway.identity.consents_given import consents_given
from services.gateway.identity.desk import Desk
from services.gateway.identity.errors import ConsentMissing
from services.gateway.identity.keep_people import lock_account
from services.gateway.identity.refresh_session import Turn, go_on
from services.gateway.identity.refresh_tokens import find_session
from services.gateway.identity.rules.consents import ACCOUNT
from services.gateway.identity.rules.hats import Wardrobe
from services.gateway.identity.shapes import SessionOut
from services.gateway.identity.tables import TokenFamily
from services.gateway.identity.take_hat import Wish, wardrobe_of
from services.kernel.clock import real_now
from services.kernel.problems import Refusal


async def claim_phone(
    desk: Desk, account_id: UUID, code: str, *, token: str | None = None, wish: Wish
) -> Wardrobe | SessionOut:
    """Bind the phone and return as whom the account may act from now on; neighbours hear of it.

    With a refresh ``token`` the session goes on at once as ``wish`` says: one call less on a bad network.

    Raises:
        ConsentMissing: before WeChat is even asked, so that the code stays good.
        PhoneCodeRefused, PhoneAbroad, TooManyAttempts, WechatSilent, WechatSetWrongly
        SessionUnknown, SessionEnded, RefreshTokenReused, PersonaNotHeld: the phone is bound; log in again.
        NeighbourSilent: the phone is bound, but enrollment cannot say yet for whom; a refresh asks again.
    """
    await desk.limits.attempt("phone", account_id)
    async with desk.held.database.transaction() as tx:
        if ACCOUNT not in await consents_given(tx, account_id):
            raise ConsentMissing(purpose=ACCOUNT)
    phone = await ask_phone(desk.wechat, code)
    now, real = desk.held.clock.now(), real_now()
    async with desk.held.database.transaction() as tx:
        account = await bind_phone(tx, account_id, phone, desk.cipher, now=now)
    answer = await ask_about(desk, account, real_now=real)
    async with desk.held.database.transaction() as tx:
        account = await lock_account(tx, account_id)
        wardrobe = await wardrobe_of(tx, account, answer, real_now=real, now=now)
        family = None if token is None else await find_session(tx, token, real_now=real)
        if token is not None and isinstance(family, TokenFamily) and family.account_id == account_id:
            return await go_on(tx, desk, account, Turn(family, token, wish), wardrobe)
    if isinstance(family, Refusal):
        raise family
    return wardrobe

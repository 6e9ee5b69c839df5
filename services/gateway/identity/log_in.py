"""Log in with a code of WeChat's."""

from uuid import UUID

from services.gateway.identity.ask_about import ask_about
from services.gateway.identity.ask_wechat import ask_openid
from services.gateway.identity.desk import Desk
from services.gateway.identity.errors import LoginCodeRefused
from services.gateway.identity.keep_people import lock_account
from services.gateway.identity.recognise_account import note_device, recognise_account
from services.gateway.identity.refresh_tokens import begin_session
from services.gateway.identity.shapes import SessionOut
from services.gateway.identity.take_hat import Wish, note_hat, session_out, wardrobe_of
from services.kernel.clock import real_now


async def log_in(desk: Desk, code: str, wish: Wish, *, device_id: UUID | None, address: str) -> SessionOut:
    """Begin a session for whoever WeChat says this is; no transaction is open while a neighbour is asked.

    Raises:
        TooManyAttempts, LoginCodeRefused, UserBlockedByWechat, WechatSilent, WechatSetWrongly
        PersonaNotHeld, ConsentMissing: the wish cannot be fulfilled.
        NeighbourSilent: enrollment is away and never said who this is.
    """
    await desk.limits.login(address)
    try:
        openid = await ask_openid(desk.wechat, code)
    except LoginCodeRefused:
        await desk.limits.login_failed(address)
        raise
    now, real = desk.held.clock.now(), real_now()
    async with desk.held.database.transaction() as tx:
        account = await recognise_account(tx, openid, desk.cipher, now=now)
        await note_device(tx, account.account_id, device_id, real_now=real)
    answer = await ask_about(desk, account, real_now=real)
    async with desk.held.database.transaction() as tx:
        account = await lock_account(tx, account.account_id)
        wardrobe = await wardrobe_of(tx, account, answer, real_now=real, now=now)
        hat = wardrobe.only() if wish.persona is None else wardrobe.choose(wish.persona, wish.school_id)
        family, token = await begin_session(tx, account.account_id, hat, device_id=device_id, real_now=real)
        await note_hat(tx, account.account_id, hat, before=None, now=now)
    return session_out(account, family, hat, wardrobe, signer=desk.held.signer, refresh_token=token)

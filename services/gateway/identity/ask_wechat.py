"""Exchange codes with WeChat, and put what it refuses into our own words."""

from collections.abc import Awaitable
from typing import TypeVar

from services.clients.wechat.errors import (
    AnswerLost,
    CodeInvalid,
    RateLimited,
    TryAgain,
    UserBlocked,
    WechatFault,
)
from services.clients.wechat.mini_program import MiniProgram
from services.gateway.identity.errors import (
    LoginCodeRefused,
    PhoneAbroad,
    PhoneCodeRefused,
    UserBlockedByWechat,
    WechatSetWrongly,
    WechatSilent,
)
from services.kernel.log import get_logger
from services.kernel.problems import Refusal
from services.kernel.resources import Resources

Told = TypeVar("Told")
MAINLAND = "86"
DIGITS = 11


def mini_program_of(held: Resources) -> MiniProgram:
    """Return the process' caller of WeChat."""
    settings = held.settings
    return MiniProgram(
        held.http,
        settings.wechat_url,
        appid=settings.wechat_appid,
        secret=settings.wechat_secret.get_secret_value(),
    )


async def ask_openid(wechat: MiniProgram, code: str) -> str:
    """Return the openid behind a ``wx.login`` code; the session key is thrown away, we need it for nothing.

    Raises:
        LoginCodeRefused, UserBlockedByWechat, WechatSilent, WechatSetWrongly
    """
    return (await _told(wechat.code2session(code), LoginCodeRefused())).openid


async def ask_phone(wechat: MiniProgram, code: str) -> str:
    """Return the verified phone (11 digits) behind a code of the phone button.

    Raises:
        PhoneCodeRefused, PhoneAbroad, UserBlockedByWechat, WechatSilent, WechatSetWrongly
    """
    told = await _told(wechat.phone_number(code), PhoneCodeRefused())
    if told.country != MAINLAND or len(told.number) != DIGITS or not told.number.isdigit():
        raise PhoneAbroad
    return told.number


async def _told(asking: Awaitable[Told], code_refused: Refusal) -> Told:
    try:
        return await asking
    except CodeInvalid:
        raise code_refused from None
    except UserBlocked:
        raise UserBlockedByWechat from None
    except (TryAgain, RateLimited, AnswerLost) as fault:
        get_logger().warning("wechat.silent", fault=str(fault))
        raise WechatSilent from None
    except WechatFault as fault:
        get_logger().error("wechat.set_wrongly", fault=str(fault))
        raise WechatSetWrongly from None

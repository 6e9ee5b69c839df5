"""What WeChat may answer instead of success, a class for each thing that we do about it (wechat.md 1 to 3)."""


class WechatFault(Exception):  # noqa: N818 - mostly an answer, not an error
    """WeChat answered an errcode, or did not answer.

    ``errcode`` is 0 where no answer was read. The text never holds an openid, a phone, a code or a token.
    """

    def __init__(self, errcode: int = 0, errmsg: str = "") -> None:
        super().__init__(f"{type(self).__name__} {errcode} {errmsg}".rstrip())
        self.errcode = errcode
        self.errmsg = errmsg


class CodeInvalid(WechatFault):
    """The login or phone code is wrong, too old, or of the other kind: the phone has to fetch a new one."""


class CodeUsed(CodeInvalid):
    """The code was exchanged before."""


class UserBlocked(WechatFault):
    """WeChat holds this user for a risk and gives no login."""


class TokenRefused(WechatFault):
    """The access token is not, or no longer, good. The client refreshes once by itself before this is seen."""


class BadOpenid(WechatFault):
    """No such user of this mini-program: nothing will ever reach this openid."""


class Refused43101(WechatFault):
    """The user did not subscribe, has used the one-time share up, or turned it off: no retry, another channel."""


class UserBusy(WechatFault):
    """Another message to the same user is on its way this moment (43108): again, a moment later."""


class Banned(WechatFault):
    """The ability or the template is banned for the whole account: every send fails until a person acts."""


class SensitiveWord(WechatFault):
    """A value holds a word that WeChat blocks."""


class BadContent(WechatFault):
    """What we sent is malformed (47003 and relatives): our mistake, again would fail again."""


class ConfigFault(WechatFault):
    """Appid, secret, template, page, right or address list is set wrongly: a person must act."""


class DailyLimit(WechatFault):
    """The account's share of the day is used up."""


class TryAgain(WechatFault):
    """A passing fault, and nothing was sent: the same call may be made again."""


class RateLimited(TryAgain):
    """Too many calls in this minute."""


class NotReached(TryAgain):
    """The call never left: no connection, or no token could be had for it."""


class AnswerLost(WechatFault):
    """The call left and no readable answer came: it may have been carried out (wechat.md 3.1, not idempotent)."""


_KINDS: dict[int, type[WechatFault]] = {
    -1: TryAgain,
    20001: TryAgain,
    50007: Banned,
    45011: RateLimited,
    45009: DailyLimit,
    40029: CodeInvalid,
    41008: CodeInvalid,
    40163: CodeUsed,
    40226: UserBlocked,
    40001: TokenRefused,
    40014: TokenRefused,
    42001: TokenRefused,
    41001: TokenRefused,
    40003: BadOpenid,
    43101: Refused43101,
    43108: UserBusy,
    43107: Banned,
    43116: Banned,
    48004: Banned,
    50002: Banned,
    50004: Banned,
    45168: SensitiveWord,
    47003: BadContent,
    47001: BadContent,
    44002: BadContent,
    40033: BadContent,
    43002: BadContent,
}
"""Everything that is not named here is set wrongly somewhere: `ConfigFault`."""

STALE_TOKEN = frozenset({40001, 40014, 42001})
"""Answers after which a fresh token helps (wechat.md 2)."""


def fault_of(errcode: int, errmsg: str) -> WechatFault:
    """Return the typed fault of an errcode."""
    return _KINDS.get(errcode, ConfigFault)(errcode, errmsg)

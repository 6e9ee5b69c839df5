"""Codes for login and for the phone number: five minutes, used once, never one for the other (wechat.md 1)."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

CODE_SECONDS = 300
"""How long a code lives. Source: wechat.md 1."""


class CodeFor(StrEnum):
    """What a code was made for."""

    LOGIN = "login"
    PHONE = "phone"


class CodeState(StrEnum):
    """How an offered code stands."""

    GOOD = "good"
    USED = "used"
    INVALID = "invalid"


@dataclass
class _Code:
    made_for: CodeFor
    openid: str
    made_at: float
    used: bool = False


class Codes:
    """Minted codes; the oldest are forgotten beyond ``limit``."""

    def __init__(self, now: Callable[[], float], limit: int = 50_000) -> None:
        self._now = now
        self._limit = limit
        self._codes: OrderedDict[str, _Code] = OrderedDict()

    def mint(self, made_for: CodeFor, openid: str) -> str:
        """Make a code as ``wx.login`` or the phone button would."""
        code = secrets.token_hex(16 if made_for is CodeFor.LOGIN else 32)
        self._codes[code] = _Code(made_for, openid, self._now())
        while len(self._codes) > self._limit:
            self._codes.popitem(last=False)
        return code

    def redeem(self, code: str, made_for: CodeFor) -> tuple[CodeState, str]:
        """Use ``code`` up; the openid behind it, or an empty text when the code is no good."""
        known = self._codes.get(code)
        if known is None or known.made_for is not made_for:
            return CodeState.INVALID, ""
        if known.used:
            return CodeState.USED, ""
        if self._now() - known.made_at > CODE_SECONDS:
            return CodeState.INVALID, ""
        known.used = True
        return CodeState.GOOD, known.openid

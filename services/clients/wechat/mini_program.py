"""The mini-program's account at WeChat: the five calls that the platform makes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.clients.wechat.errors import STALE_TOKEN, AnswerLost, TokenRefused
from services.clients.wechat.exchange import Params, Wire
from services.clients.wechat.stable_token import StableToken


class WechatSession(BaseModel):
    """Who logged in. The session key stays on the server, always (wechat.md 1)."""

    model_config = ConfigDict(frozen=True)

    openid: str = Field(min_length=1)
    session_key: str = Field(repr=False)
    unionid: str | None = None


class PhoneNumber(BaseModel):
    """The number behind a phone code."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    number: str = Field(alias="purePhoneNumber", repr=False)
    country: str = Field(alias="countryCode", coerce_numbers_to_str=True)
    """Without ``+``; WeChat writes it as text or as a number."""


class Template(BaseModel):
    """A subscribe-message template of the account, for the start-up check."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    template_id: str = Field(alias="priTmplId")
    title: str
    content: str
    long_term: bool = Field(alias="type")

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> "Template":
        """Read one entry of ``gettemplate``; type 3 is long-term, 2 one-time."""
        return cls.model_validate({**entry, "type": entry.get("type") == 3})


class Card(BaseModel):
    """A subscribe message: to whom, which template, what stands in it, where a tap leads."""

    model_config = ConfigDict(frozen=True)

    openid: str = Field(repr=False)
    template_id: str
    values: Mapping[str, str]
    page: str | None = None
    mini_program_state: str = "formal"
    lang: str = "zh_CN"


class MiniProgram:
    """One appid. Shared by all callers of a process; its token cache is in it."""

    def __init__(self, http: httpx.AsyncClient, base_url: str, *, appid: str, secret: str) -> None:
        self._wire = Wire(http, base_url)
        self._appid = appid
        self._secret = secret
        self.token = StableToken(self._wire, appid, secret)

    async def code2session(self, code: str) -> WechatSession:
        """Exchange a ``wx.login`` code: five minutes, once (wechat.md 1).

        Raises:
            CodeInvalid, CodeUsed: fetch a new one on the phone.
            UserBlocked: a user held by WeChat.
            TryAgain, AnswerLost: WeChat is away; a code may be used up by a lost answer.
            ConfigFault: appid or secret.
        """
        params = {
            "appid": self._appid,
            "secret": self._secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        return _parsed(WechatSession, await self._wire.get("/sns/jscode2session", params))

    async def phone_number(self, code: str) -> PhoneNumber:
        """Exchange a code of the phone button; not the same as a login code (wechat.md 1). Raises as above."""
        body = await self._with_token(
            lambda token: self._wire.post("/wxa/business/getuserphonenumber", token, {"code": code})
        )
        return _parsed(PhoneNumber, body.get("phone_info"))

    async def send_subscribe_message(self, card: Card) -> str:
        """Send a card and return its ``msgid`` as text (an int64 above 2**53), or nothing if WeChat gave none.

        Not idempotent: after `AnswerLost` the card may have arrived (wechat.md 3.1).

        Raises:
            WechatFault: by class, what to do about it.
        """
        message: dict[str, Any] = {
            "touser": card.openid,
            "template_id": card.template_id,
            "data": {key: {"value": value} for key, value in card.values.items()},
            "miniprogram_state": card.mini_program_state,
            "lang": card.lang,
        }
        if card.page:
            message["page"] = card.page
        body = await self._with_token(
            lambda token: self._wire.post("/cgi-bin/message/subscribe/send", token, message)
        )
        return str(body.get("msgid", ""))

    async def templates(self) -> Sequence[Template]:
        """Return the account's templates (``gettemplate``), to compare with our configuration at start-up."""
        body = await self._with_token(lambda token: self._wire.get("/wxaapi/newtmpl/gettemplate", token))
        return [Template.read(entry) for entry in body.get("data", [])]

    async def _with_token(self, call: Callable[[Params], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        """Make a call; when its token proves stale, drop that very token and try once more (wechat.md 2 c)."""
        token = await self.token.get()
        try:
            return await call({"access_token": token})
        except TokenRefused as fault:
            self.token.drop(token)
            if fault.errcode not in STALE_TOKEN:
                raise
        return await call({"access_token": await self.token.get()})


Model = TypeVar("Model", bound=BaseModel)


def _parsed(model: type[Model], body: Any) -> Model:
    try:
        return model.model_validate(body)
    except ValidationError:
        raise AnswerLost(errmsg=f"an answer without what makes a {model.__name__}") from None

"""The access token: fetched once for many callers, kept until shortly before its end (wechat.md 2)."""

import asyncio
import time

from services.clients.wechat.errors import AnswerLost, NotReached, TokenRefused
from services.clients.wechat.exchange import Wire

MARGIN_SECONDS = 300
"""A token is dropped this long before it ends; stable mode then hands out its successor."""


class StableToken:
    """One account's token in this process. Replicas need no agreement: stable mode gives all the same one.

    ``force_refresh`` is never used: it is limited to 20 a day and kills the tokens of other replicas.
    """

    def __init__(self, wire: Wire, appid: str, secret: str) -> None:
        self._wire = wire
        self._appid = appid
        self._secret = secret
        self._token = ""
        self._good_until = 0.0
        self._fetch: asyncio.Task[str] | None = None

    async def get(self) -> str:
        """Return a good token; of many callers at once only the first one asks WeChat.

        Raises:
            NotReached: WeChat did not answer; nothing was sent.
            WechatFault: WeChat refuses the account.
        """
        if time.monotonic() < self._good_until:
            return self._token
        if self._fetch is None:
            self._fetch = asyncio.create_task(self._ask())
            self._fetch.add_done_callback(self._fetched)
        # A caller that gives up must not take the others' answer with it.
        return await asyncio.shield(self._fetch)

    def drop(self, token: str) -> None:
        """Forget ``token``, and only it: a successor that another caller fetched meanwhile stays."""
        if token == self._token:
            self._good_until = 0.0

    async def _ask(self) -> str:
        asked_at = time.monotonic()
        try:
            body = await self._wire.post(
                "/cgi-bin/stable_token",
                {},
                {"grant_type": "client_credential", "appid": self._appid, "secret": self._secret},
            )
            token, seconds = str(body["access_token"]), int(body["expires_in"])
        except (AnswerLost, TokenRefused, KeyError, ValueError) as fault:
            raise NotReached(errmsg=f"no token: {type(fault).__name__}") from None
        self._token = token
        self._good_until = asked_at + seconds - MARGIN_SECONDS
        return token

    def _fetched(self, fetch: asyncio.Task[str]) -> None:
        self._fetch = None
        if not fetch.cancelled():
            fetch.exception()
